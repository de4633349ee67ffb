"""The style sheet of a report: quiet on screen in light and dark, black on white on A4."""

CSS = """
:root{color-scheme:light dark;--paper:#fff;--ground:#f2f4f6;--ink:#1b2430;--soft:#5a6675;--line:#d8dee5;
--tint:#eaf2f3;--accent:#0f5f6c;--on-accent:#fff;--warn:#8a4b00;--warn-tint:#fdf3e3}
@media (prefers-color-scheme:dark){:root{--paper:#171c22;--ground:#0f1317;--ink:#e7ebf0;--soft:#a2adba;
--line:#333c46;--tint:#1e2b30;--accent:#6cc5d0;--on-accent:#0d1a1d;--warn:#f0b866;--warn-tint:#2d2415}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.5 "Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:60rem;margin:0 auto;background:var(--paper);padding:2.5rem 3rem 3rem}
h1,h2,h3,h4,h5,p,dl,dd,figure,table,ul{margin:0}
h1{font-size:2rem;line-height:1.2;font-weight:700;margin:.25rem 0 .5rem}
h2{font-size:1.35rem;line-height:1.3;margin:2.75rem 0 1rem;padding-bottom:.4rem;border-bottom:2px solid var(--accent)}
h3{font-size:1.05rem;margin:1.75rem 0 .5rem}
h4{font-size:1rem;margin:1.25rem 0 .5rem}
h5{font-size:1rem;margin:0 0 .5rem}
a{color:var(--accent)}
code,.code{font-family:ui-monospace,"Cascadia Mono","DejaVu Sans Mono",Consolas,monospace;font-size:.82em}
.code{color:var(--accent);font-weight:600;white-space:nowrap}
.quiet{color:var(--soft)}
.user{white-space:pre-line;overflow-wrap:anywhere}
.notice{color:var(--warn);background:var(--warn-tint);border-left:4px solid var(--warn);padding:.6rem .9rem;
margin:1rem 0}
.instrument{color:var(--soft);text-transform:none;letter-spacing:.01em}
.facts-of-visit{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.6rem 1.5rem;margin:1rem 0}
.facts-of-visit dt,.card dt{color:var(--soft);font-size:.82rem}
nav{margin:1.25rem 0 0;font-size:.92rem}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem}
.panel{border:1px solid var(--line);border-radius:8px;padding:1.1rem 1.25rem;margin:0 0 1rem}
.panel h3{margin-top:0}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:0 1rem;align-items:start}
.headline{display:flex;flex-wrap:wrap;align-items:baseline;gap:.5rem 2rem;margin-bottom:.75rem}
.total strong{font-size:3.4rem;line-height:1;color:var(--accent);font-weight:700}
.total span{color:var(--soft);margin-left:.5rem}
.facts{display:flex;align-items:baseline;gap:1rem}
.band{font-size:1.5rem;font-weight:600}
.percent{font-size:1.1rem;color:var(--soft)}
.state{margin-top:.75rem}
.caution{margin-top:.4rem;color:var(--soft);font-size:.9rem}
.chip{display:inline-block;border:1px solid currentColor;border-radius:999px;padding:0 .6em;font-size:.8rem;
font-weight:600;color:var(--accent);white-space:nowrap}
svg{display:block;width:100%;height:auto}
.scale{max-width:656px}
.segment{fill:var(--tint)}
.segment.here{fill:var(--accent)}
.segment.name{fill:var(--ink);font-size:12px;text-anchor:middle}
.segment.here.name{fill:var(--on-accent);font-weight:600}
.edge{fill:var(--soft);font-size:11px}
.edge.last{text-anchor:end}
.mark{fill:var(--ink)}
.pillars{display:grid;grid-template-columns:1fr;gap:1rem}
figure{max-width:30rem;margin:0 auto;width:100%}
figcaption{text-align:center;color:var(--soft);font-size:.85rem}
.ring{fill:none;stroke:var(--line)}
.spoke{stroke:var(--line)}
.spoke.none{stroke-dasharray:3 4}
.area{fill:var(--accent);fill-opacity:.18;stroke:var(--accent);stroke-width:2;stroke-linejoin:round}
.dot{fill:var(--accent)}
.axis{fill:var(--ink);font-size:12.5px}
.axis .value{font-weight:700;fill:var(--accent)}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;padding-bottom:.3rem;font-size:.85rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-size:.82rem;font-weight:600}
thead th,thead td{border-bottom-color:var(--soft)}
tbody th{font-weight:600}
tbody tr:last-child>*{border-bottom:0}
.number{text-align:right;white-space:nowrap;padding-right:1rem}
.bars{width:6.5rem;vertical-align:middle}
.bar{height:8px}
.track{fill:var(--tint)}
.fill{fill:var(--accent)}
.section-score{display:inline-block;margin-right:.8rem;white-space:nowrap}
.section-score b{color:var(--soft);font-weight:600}
.wide{overflow-x:auto}
h2 small{font-size:.75em;font-weight:400;color:var(--soft);margin-left:.4rem}
h2 .mark,h3 .mark,h5 .mark{float:right;font-size:.95rem;font-weight:600;color:var(--accent);margin-left:1rem}
.answer{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:.2rem 1.5rem;padding:.6rem 0;
border-top:1px solid var(--line)}
.answer.aside{color:var(--soft);font-size:.88rem;padding:.25rem 0}
.question .code{display:block}
.answer.aside .question .code{display:inline}
.value{font-weight:600}
.value.quiet{font-weight:400}
.value.user{font-weight:500}
.anchor{color:var(--ink)}
.companion{font-size:.88rem;margin-top:.25rem;color:var(--soft)}
.companion b{font-weight:600}
.companion .user{color:var(--ink)}
.reference{display:inline-block;margin-right:.8rem}
.reference a{text-decoration:none}
.level{display:inline-block;min-width:1.7em;text-align:center;border-radius:4px;padding:.05em .3em;font-weight:700;
border:1px solid var(--accent);color:var(--accent)}
.tone-3,.tone-4,.tone-5{background:var(--accent);color:var(--on-accent)}
.tone-1,.tone-2{background:var(--tint)}
.group{margin:1rem 0}
.rows{font-size:.88rem}
.rows td{padding-right:.9rem}
.rows .user{overflow-wrap:break-word}
.rows .value{font-weight:400}
.rows .long{min-width:12rem}
.card{border:1px solid var(--line);border-radius:8px;padding:.9rem 1.1rem;margin:.75rem 0}
.card h4,.card h5{margin:0 0 .5rem}
.card .chip{margin-left:.6rem}
.card .answer:not(.rubric) .question .code{display:inline;font-weight:400}
.card .answer{padding:.4rem 0}
.card dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem 1rem;font-size:.9rem}
.position{display:inline-block;min-width:1.6em;text-align:center;border-radius:4px;background:var(--tint);
color:var(--accent);font-weight:700}
.hash{overflow-wrap:anywhere;color:var(--soft)}
footer{margin-top:3rem;padding-top:.75rem;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem}
@media (max-width:44rem){main{padding:1.25rem}.answer{grid-template-columns:1fr}.total strong{font-size:2.6rem}}
@page{size:A4;margin:16mm 15mm 18mm;@bottom-right{content:counter(page) " / " counter(pages);font:9pt sans-serif}}
@media print{:root{color-scheme:light;--paper:#fff;--ground:#fff;--ink:#000;--soft:#444;--line:#bbb;--tint:#e4edef;
--accent:#0f5f6c;--on-accent:#fff;--warn:#6b3a00;--warn-tint:#fff}
body{font-size:9.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}
h2,h3,h4,h5{break-after:avoid}.answer,tr,.panel,figure{break-inside:avoid}.card dl{break-inside:avoid}
nav{display:none}a{color:inherit;text-decoration:none}.panel,.card{border-radius:0}}
"""
