import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;

import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.xform.util.XFormAnswerDataParser;
import org.javarosa.xform.util.XFormUtils;

/**
 * Fills forms with JavaRosa as somebody else asks on standard input, a command a line, cells between tabs:
 *
 *   load FILE            a new visit of an XForm
 *   set PATH VALUE       an answer as it stands in an XForm; an empty one clears
 *   dump                 every leaf: path, relevant, required, constraint holds, value; then an empty line
 *   time-load FILE N     nanoseconds of processor time, the best of N
 *   time-set N PATH A B  the same for one answer, when A and B are given by turns
 *   time-validate N      the same for judging the whole form
 */
public class JavaRosa {
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static FormDef form;

    public static void main(String[] arguments) throws Exception {
        System.setOut(System.err);  // the libraries talk
        new org.javarosa.model.xform.XFormsModule().registerModule();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        OUT.println("ready");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] cells = line.split("\t", -1);
            try {
                run(cells);
            } catch (Exception error) {
                OUT.println("error\t" + String.valueOf(error.getMessage()).replaceAll("\\s+", " "));
            }
        }
    }

    private static void run(String[] cells) throws Exception {
        switch (cells[0]) {
            case "load": load(cells[1]); OUT.println("ok"); break;
            case "set": set(cells[1], cells[2]); OUT.println("ok"); break;
            case "dump": dump(form.getInstance().getRoot()); OUT.println(""); break;
            case "time-load": timeLoad(cells[1], Integer.parseInt(cells[2])); break;
            case "time-set": timeSet(Integer.parseInt(cells[1]), cells[2], cells[3], cells[4]); break;
            case "time-validate": timeValidate(Integer.parseInt(cells[1])); break;
            default: OUT.println("error\tno such command");
        }
    }

    private static void load(String file) throws Exception {
        form = XFormUtils.getFormFromFormXml(file, null);
        form.initialize(true, new InstanceInitializationFactory());
    }

    /** The node at `/data/r[2]/q`; without a number the first. */
    private static TreeElement at(String path) {
        TreeElement element = form.getInstance().getRoot();
        String[] steps = path.split("/");
        for (int step = 2; step < steps.length; step++) {
            String[] parts = steps[step].split("[\\[\\]]");
            element = element.getChild(parts[0], parts.length > 1 ? Integer.parseInt(parts[1]) - 1 : 0);
        }
        return element;
    }

    private static void set(String path, String text) {
        TreeElement element = at(path);
        IAnswerData value = text.isEmpty() ? null : XFormAnswerDataParser.getAnswerData(text, element.getDataType(), null);
        form.setValue(value, element.getRef(), true);
    }

    private static void dump(TreeElement element) {
        if (element.getMult() == TreeReference.INDEX_TEMPLATE) {
            return;
        }
        if (!element.isLeaf()) {
            for (int child = 0; child < element.getNumChildren(); child++) {
                dump(element.getChildAt(child));
            }
            return;
        }
        IAnswerData value = element.getValue();
        boolean holds = value == null || form.evaluateConstraint(element.getRef(), value);
        String text = value == null ? "" : value.uncast().getString();
        OUT.println(String.join("\t", path(element.getRef()), String.valueOf(element.isRelevant()),
            String.valueOf(element.isRequired()), String.valueOf(holds), text.replaceAll("[\t\n]", " ")));
    }

    private static String path(TreeReference reference) {
        return reference.toString(true);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static long best(int times, Work work) throws Exception {
        long best = Long.MAX_VALUE;
        for (int time = 0; time < times; time++) {
            long start = CLOCK.getCurrentThreadCpuTime();
            work.run();
            best = Math.min(best, CLOCK.getCurrentThreadCpuTime() - start);
        }
        return best;
    }

    private static void timeLoad(String file, int times) throws Exception {
        OUT.println(best(times, () -> load(file)));
    }

    private static void timeSet(int times, String path, String one, String other) throws Exception {
        OUT.println(best(times, () -> {
            set(path, one);
            set(path, other);
        }) / 2);
    }

    private static void timeValidate(int times) throws Exception {
        OUT.println(best(times, () -> form.validate(true)));
    }
}
