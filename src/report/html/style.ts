// The style sheet of the HTML report: light and dark, phone width, print. Everything is inline, so the file stands alone.

const light = `
--page:#f4f5f8;--card:#fff;--ink:#1a2030;--quiet:#5a6377;--line:#dfe3ea;--sunk:#f7f8fa;--link:#175fb8;
--critical:#c3262e;--warning:#a86200;--notice:#1769aa;--good:#17784a;--unknown:#7d8798;
--critical-soft:#fdecec;--warning-soft:#fdf3e1;--notice-soft:#e7f1fb;--good-soft:#e5f5ec;--mark:#ffe08a;--mark-ink:#3c2c00;
--add:#e3f6e8;--add-ink:#12612f;--remove:#fdeaea;--remove-ink:#9f1c22;--alter:#fdf4dd;--alter-ink:#7a4b00;`;

const dark = `
--page:#0e1219;--card:#161c26;--ink:#e4e9f2;--quiet:#98a3b6;--line:#2a3342;--sunk:#10151d;--link:#7db8ff;
--critical:#ff7a73;--warning:#eeb04a;--notice:#6db7ff;--good:#55cd8f;--unknown:#8290a5;
--critical-soft:#3a1a1d;--warning-soft:#382a10;--notice-soft:#14293f;--good-soft:#12301f;--mark:#7a5b00;--mark-ink:#fff3cf;
--add:#12301c;--add-ink:#8ce0aa;--remove:#3a191b;--remove-ink:#ffa8a3;--alter:#33280f;--alter-ink:#f1c878;`;

export const styleSheet = `
:root{color-scheme:light;${light}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${dark}}}
:root[data-theme=dark]{color-scheme:dark;${dark}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main,.top{max-width:70rem;margin:0 auto;padding:0 1.25rem}
a{color:var(--link)}
code,pre{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
code{overflow-wrap:anywhere}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem;z-index:9}
.banner{background:var(--card);border-bottom:1px solid var(--line);border-top:6px solid var(--unknown);padding:1.25rem 0 1.5rem}
.banner.problems{border-top-color:var(--critical)}.banner.healthy{border-top-color:var(--good)}.banner.unknown{border-top-color:var(--warning)}
.brand{display:flex;gap:.75rem;align-items:center;margin:0;color:var(--quiet);font-size:.875rem}
.brand b{color:var(--ink);letter-spacing:.01em}.brand .push{margin-left:auto}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0 .25rem;font-weight:680;text-wrap:balance}
.banner .sub{margin:0;color:var(--quiet)}
.heads{list-style:none;margin:1rem 0 0;padding:0;display:grid;gap:.4rem}
.heads a{display:flex;flex-wrap:wrap;gap:.25rem .6rem;align-items:baseline;text-decoration:none;color:inherit;padding:.45rem .7rem;border:1px solid var(--line);border-radius:8px;background:var(--sunk)}
.heads a:hover{border-color:var(--link)}.heads b{font-weight:600}.heads code{color:var(--quiet)}
h2{font-size:1.2rem;margin:2.25rem 0 .75rem;font-weight:650}
h2+.quiet{margin-top:-.5rem}
h3{font-size:1.2rem;line-height:1.3;margin:.35rem 0 .15rem;font-weight:650;text-wrap:balance}
h4{font-size:.8rem;text-transform:uppercase;letter-spacing:.06em;color:var(--quiet);margin:1.4rem 0 .5rem;font-weight:650}
.quiet{color:var(--quiet)}
button,input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:7px;padding:.25rem .7rem}
button{cursor:pointer}button:hover{border-color:var(--link)}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:1rem}.tools input{flex:1 1 14rem;padding:.4rem .7rem}
[hidden]{display:none!important}
.card{background:var(--card);border:1px solid var(--line);border-left:5px solid var(--unknown);border-radius:10px;padding:1.1rem 1.3rem 1.3rem;margin:0 0 1rem}
.card.critical{border-left-color:var(--critical)}.card.warning{border-left-color:var(--warning)}.card.notice{border-left-color:var(--notice)}
.card:target,.symptom:target{box-shadow:0 0 0 3px var(--link)}
.tags{display:flex;flex-wrap:wrap;gap:.35rem;margin:0}
.pill{display:inline-block;font-size:.75rem;font-weight:600;line-height:1.5;padding:.02rem .5rem;border-radius:99px;border:1px solid var(--line);color:var(--quiet);white-space:nowrap}
.pill.critical,.pill.destructive{color:var(--critical);background:var(--critical-soft);border-color:transparent}
.pill.warning,.pill.disruptive,.pill.untestable,.pill.possible{color:var(--warning);background:var(--warning-soft);border-color:transparent}
.pill.notice{color:var(--notice);background:var(--notice-soft);border-color:transparent}
.pill.safe,.pill.refuted{color:var(--good);background:var(--good-soft);border-color:transparent}
.risk{text-transform:none;letter-spacing:0}
.subject{margin:0;color:var(--quiet);font-size:.95rem;overflow-wrap:anywhere}.subject code{color:var(--ink);font-weight:600}.rule{margin-left:.35rem}.where{margin-left:.5rem;white-space:nowrap}
.says{margin:.7rem 0 0;font-size:1.05rem;overflow-wrap:anywhere}
.proof{margin:0 0 .6rem;border:1px solid var(--line);border-radius:8px;overflow:hidden;background:var(--sunk)}
.proof figcaption{padding:.3rem .75rem;border-bottom:1px solid var(--line);color:var(--quiet);overflow-wrap:anywhere;font-size:.9rem}
.proof figcaption code{color:var(--ink)}.pointer{margin-left:.5rem;font-size:.85em}
pre{margin:0;line-height:1.55}
.proof pre,.diff{padding:.45rem 0;max-height:28rem;overflow:auto}
.line{display:flex}.line i{flex:none;min-width:3.2rem;padding:0 .75rem 0 .5rem;text-align:right;color:var(--quiet);font-style:normal;user-select:none}
.line>span{white-space:pre-wrap;overflow-wrap:anywhere;padding-right:.75rem;min-width:0}
mark{background:var(--mark);color:var(--mark-ink);border-radius:3px;padding:.05em .1em;box-decoration-break:clone;-webkit-box-decoration-break:clone}
.tree,.list{list-style:none;margin:0;padding:0}
.tree .tree{margin-left:.55rem;padding-left:1.15rem;border-left:2px solid var(--line)}
.tree>li{padding:.3rem 0}
.because{margin:.1rem 0 .15rem;color:var(--quiet);font-size:.9rem;overflow-wrap:anywhere}
.because::before{content:"\\2193\\00a0";color:var(--quiet)}
.symptom,.folded{border:1px solid var(--line);border-radius:8px;padding:.4rem .75rem;background:var(--sunk)}
.symptom[open],.folded[open]{padding-bottom:.75rem}
.folded .list{margin-top:.5rem;display:grid;gap:.35rem;max-height:32rem;overflow:auto}.folded .symptom{background:var(--card)}
summary{cursor:pointer;overflow-wrap:anywhere}summary .says{display:block;font-size:.95rem;margin:.1rem 0 0 1.2rem;color:var(--quiet)}
summary code{color:var(--quiet);margin-left:.25rem}
.dot{display:inline-block;width:.62rem;height:.62rem;border-radius:50%;background:var(--unknown);margin:0 .45rem 0 .1rem}
.dot.critical{background:var(--critical)}.dot.warning{background:var(--warning)}.dot.notice{background:var(--notice)}
.rivals li{padding:.25rem 0;overflow-wrap:anywhere}.rivals li>span:last-of-type{color:var(--quiet)}
.command{position:relative;margin:.4rem 0}
.command pre{background:var(--sunk);border:1px solid var(--line);border-radius:8px;padding:.5rem 5rem .5rem .75rem;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere}
.command pre code{font-size:1em}
.command button{position:absolute;right:.35rem;top:.3rem;font-size:.8rem;padding:.1rem .6rem}
.fix>p{margin:0 0 .5rem}.step{margin:.9rem 0 .35rem!important;font-weight:600}
.diff{border:1px solid var(--line);border-radius:8px;background:var(--sunk);margin:.35rem 0}
.diff .line i{min-width:2.6rem;text-align:center}
.diff .add{background:var(--add);color:var(--add-ink)}.diff .remove{background:var(--remove);color:var(--remove-ink)}
.diff .alter,.diff .restart{background:var(--alter);color:var(--alter-ink)}.diff .at{color:var(--notice)}.diff .line i{color:inherit}
.more>summary{padding:.5rem .25rem;color:var(--link)}
.panel{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem 1.25rem}
.canvas{overflow:auto;max-height:56rem;padding:.25rem}
.topology{display:block;margin:0 auto;max-width:none;height:auto;font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.topology a{cursor:pointer;text-decoration:none}
.group rect{fill:var(--sunk);stroke:var(--line)}.group text{fill:var(--quiet);font-weight:600;font-size:12px}
.node rect{fill:var(--card);stroke:var(--line);stroke-width:1.5}.node rect.edge{fill:var(--unknown);stroke:none}.node.alive rect.edge{fill:var(--good)}
.node.critical rect.edge,.node.critical circle.badge{fill:var(--critical)}.node.warning rect.edge,.node.warning circle.badge{fill:var(--warning)}
.node.notice rect.edge,.node.notice circle.badge,.node.calm circle.badge,.node.alive circle.badge{fill:var(--notice)}
.node.critical rect:first-of-type{stroke:var(--critical)}
.node.external rect{stroke-dasharray:4 3}.node.external rect.edge,.node.external .edge{fill:var(--unknown)}
.node a:hover rect:first-of-type{stroke:var(--link)}.node:target rect{stroke:var(--link);stroke-width:3}
.node text{fill:var(--ink);font-weight:600}.node text.detail{fill:var(--quiet);font-weight:400;font-size:11.5px}
.node text.badge{fill:var(--card);font-size:11px;font-weight:700;text-anchor:middle}
.link .line{fill:none;stroke-width:1.75;stroke:var(--unknown)}.link .reach{fill:none;stroke:transparent;stroke-width:14}
.link.works .line,.head.works{stroke:var(--good)}.head.works{fill:var(--good)}
.link.broken .line{stroke:var(--critical);stroke-width:2.25}.head.broken{fill:var(--critical)}
.link.unknown .line{stroke-dasharray:5 5}.head.unknown{fill:var(--unknown)}
.link .cross{stroke:var(--critical);stroke-width:2.5}
.link text{fill:var(--quiet);font-size:11px;text-anchor:middle}.link.broken text{fill:var(--critical);font-weight:600}
.link .plate{fill:var(--card)}.link.broken .plate{fill:var(--critical-soft)}
.node text.small{font-size:9px}
.dim{opacity:.18}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.5rem 0 0;padding:0;color:var(--quiet);font-size:.85rem}
.legend li{display:flex;align-items:center;gap:.45rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
th{color:var(--quiet);font-weight:600}
.scroll{overflow:auto}
.gaps{list-style:none;margin:0;padding:0;display:grid;gap:.8rem}.gaps b{overflow-wrap:anywhere}.gaps p{margin:0;color:var(--quiet);overflow-wrap:anywhere}
footer{max-width:70rem;margin:2.5rem auto 2rem;padding:0 1.25rem;color:var(--quiet);font-size:.85rem}
@media (max-width:40rem){
main,.top{padding:0 .75rem}h1{font-size:1.3rem}.card{padding:.9rem .9rem 1rem}.panel{padding:.75rem}
.line i{min-width:2.1rem;padding:0 .5rem 0 .25rem}.tree .tree{margin-left:.15rem;padding-left:.7rem}.command pre{padding-right:.75rem;padding-top:2.2rem}
.where{display:block;margin-left:0}}
@media print{
:root,:root[data-theme]{color-scheme:light;${light}--page:#fff;--sunk:#fff}
body{font-size:10.5pt}.tools,.brand button,.command button,.skip,.where{display:none!important}
main,.top,footer{max-width:none;padding:0}.proof pre,.diff,.folded .list,.canvas{max-height:none;overflow:visible}
.proof,.command,.symptom,figure,li{break-inside:avoid}.card{break-inside:auto}h2,h3,h4{break-after:avoid}
.topology{width:100%;height:auto}
mark{outline:1px solid var(--warning)}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
`;
