// Fills forms with the engine of ODK Web Forms as somebody else asks on standard input, a command a line:
//   time-load FILE N            milliseconds of processor time to make an instance of an XForm, the best of N
//   time-set N NAME A B         the same for one answer to the top-level question NAME, A and B by turns
//   memory                      bytes in use after a collection, with the instance loaded last
// The folder that holds node_modules is the first argument. Run node with --expose-gc.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const { JSDOM } = createRequire(join(folder, 'x.js'))('jsdom');
const window = new JSDOM('', { url: 'http://localhost/' }).window;
for (const name of Object.getOwnPropertyNames(window)) {
  if (!(name in globalThis)) globalThis[name] = window[name];
}
// Its parser looks for what a module of another kind would have.
const dist = join(folder, 'node_modules/@getodk/xforms-engine/dist');
globalThis.__dirname = dist;
globalThis.require = createRequire(join(dist, 'x.js'));
const engine = await import(pathToFileURL(join(dist, 'index.js')).href);

let instance = null;

const spent = (since) => {
  const used = process.cpuUsage(since);
  return (used.user + used.system) / 1000;
};

async function load(file) {
  instance = await engine.createInstance(readFileSync(file, 'utf-8'));
}

async function best(times, work) {
  let least = Infinity;
  for (let time = 0; time < times; time++) {
    const start = process.cpuUsage();
    await work(time);
    least = Math.min(least, spent(start));
  }
  return least;
}

function question(name) {
  return instance.root.currentState.children.find((node) => node.currentState.reference === `/data/${name}`);
}

const typed = (text) => (text === '' ? null : BigInt(text));

async function run([command, ...cells]) {
  if (command === 'time-load') return best(Number(cells[1]), () => load(cells[0]));
  if (command === 'time-set') {
    const node = question(cells[1]);
    return (await best(Number(cells[0]), () => {
      node.setValue(typed(cells[2]));
      node.setValue(typed(cells[3]));
    })) / 2;
  }
  if (command === 'memory') {
    globalThis.gc();
    return process.memoryUsage().heapUsed;
  }
  throw new Error('no such command');
}

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(await run(line.split('\t')));
  } catch (error) {
    console.log(`error\t${String(error?.message ?? error).replace(/\s+/g, ' ').slice(0, 300)}`);
  }
}
