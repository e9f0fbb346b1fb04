/** The page's look. Colours are variables, so that the dark theme only changes those. */
export const CSS = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #1a2130; --soft: #566173; --line: #dce1e8; --shade: #eef1f5;
  --accent: #1d5fb8; --good: #157347; --bad: #c22a2a; --warn: #9a6200;
  --good-soft: #dff3e6; --bad-soft: #fbe3e2; --warn-soft: #fbeecf;
  --ok: #4a8fd6; --ok-text: #06182c; --fail: #7d8797; --info: #d39a2b;
  --partition: #8b5cd6; --pause: #1598a4; --kill: #cf4647; --clock: #b8791f; --link: #3f7ad1; --disk: #6d8b2a;
  --sans: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11151c; --card: #181e27; --text: #e4e8ef; --soft: #9aa6b8; --line: #2c3542; --shade: #212936;
    --accent: #7db2f5; --good: #5fcf92; --bad: #ff8078; --warn: #f0b955;
    --good-soft: #173526; --bad-soft: #42201f; --warn-soft: #3b2d10;
    --ok: #4b8bcd; --ok-text: #04101f; --fail: #8a95a6; --info: #c8952f;
    --partition: #a98bea; --pause: #46bcc6; --kill: #ec7776; --clock: #d9a04f; --link: #76a5ec; --disk: #a1bd5c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 var(--sans); }
main { max-width: 1500px; margin: 0 auto; padding: 1.5rem clamp(.75rem, 2.5vw, 2.5rem) 4rem; }
h1 { font-size: 1.35rem; margin: 0; font-weight: 650; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .75rem; }
h3, h4 { font-size: 1rem; margin: 0; }
p { margin: .4rem 0; max-width: 75rem; overflow-wrap: anywhere; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.soft { color: var(--soft); }
.op { font-family: var(--mono); font-size: .92em; text-decoration: none; font-weight: 600; }
.op:hover { text-decoration: underline; }
code, pre { font-family: var(--mono); font-size: .86rem; }

.verdict { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; }
.badge { font-weight: 750; letter-spacing: .06em; padding: .35rem .9rem; border-radius: 8px; font-size: 1.05rem; }
.valid { color: var(--good); background: var(--good-soft); }
.invalid { color: var(--bad); background: var(--bad-soft); }
.unknown { color: var(--warn); background: var(--warn-soft); }
.chip { display: inline-block; padding: 0 .55rem; border-radius: 1rem; font-weight: 600; font-size: .88rem; white-space: nowrap; }
.chip.quiet { color: var(--soft); background: var(--shade); }
.command { display: flex; gap: .5rem; align-items: stretch; margin: .75rem 0; }
.command code { background: var(--shade); border: 1px solid var(--line); border-radius: 6px; padding: .45rem .7rem;
  overflow-wrap: anywhere; flex: 0 1 auto; }
button { font: inherit; font-size: .9rem; color: var(--text); background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; padding: .25rem .7rem; cursor: pointer; }
button:hover { background: var(--shade); }
button:disabled { opacity: .5; cursor: default; }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 8px; width: 100%; }
th, td { text-align: left; padding: .4rem .8rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: .85rem; white-space: nowrap; }
tbody th { font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }

.panel { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.toolbar { display: flex; flex-wrap: wrap; gap: .4rem .5rem; align-items: center; padding: .6rem .8rem; }
.toolbar .gap { flex: 1; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .85rem; color: var(--soft); margin: 0; padding: 0 .8rem .6rem; list-style: none; }
.legend svg { vertical-align: -3px; margin-right: .35rem; }
#overview { display: block; width: 100%; height: 40px; border-top: 1px solid var(--line); cursor: grab; touch-action: none; }
#viewport { max-height: 70vh; overflow-y: auto; overflow-x: hidden; border-top: 1px solid var(--line); cursor: grab; position: relative; }
#viewport.dragging { cursor: grabbing; user-select: none; }
#viewport:focus-visible { outline-offset: -3px; }
#axis { display: block; width: 100%; position: sticky; top: 0; background: var(--card); border-bottom: 1px solid var(--line); }
#lanes { display: block; width: 100%; }
#detail { border-top: 1px solid var(--line); padding: .6rem .8rem; min-height: 6.2rem; font-size: .93rem; }
#detail p { margin: 0 0 .2rem; }
#detail ol { margin: .2rem 0 0; padding-left: 1.6rem; }
.help { padding: .5rem .8rem .7rem; font-size: .85rem; color: var(--soft); border-top: 1px solid var(--line); margin: 0; max-width: none; }
kbd { font: .8rem var(--mono); border: 1px solid var(--line); border-radius: 4px; padding: 0 .3rem; background: var(--shade); }

svg text { font: 11px var(--mono); fill: var(--soft); }
svg .lane-line { stroke: var(--line); }
svg .grid { stroke: var(--line); stroke-dasharray: 2 4; }
svg .lane-name { font-size: 12px; fill: var(--text); }
svg .bar.ok { fill: var(--ok); }
svg .bar.fail { fill: var(--card); stroke: var(--fail); stroke-width: 1.5; }
svg .bar.info { fill: url(#open-ended); }
svg .info-edge { stroke: var(--info); stroke-width: 2; }
svg .maybe { stroke: var(--info); stroke-width: 1.5; stroke-dasharray: 3 3; }
svg .wrong { fill: none; stroke: var(--bad); stroke-width: 2; }
svg .wrong-mark { fill: var(--bad); }
svg .chosen { fill: none; stroke: var(--text); stroke-width: 2.5; }
svg .faded { opacity: .28; }
svg text.in-bar { fill: var(--ok-text); pointer-events: none; }
svg text.in-bar.fail, svg text.in-bar.info { fill: var(--text); }
svg text.tag { fill: var(--text); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; pointer-events: none; }
svg text.small { font-size: 9px; }
svg .arrow { fill: none; stroke: var(--bad); stroke-width: 2; }
svg .arrow-head { fill: var(--bad); }
svg .arrow-number { fill: var(--bad); }
svg text.arrow-text { fill: var(--card); font-weight: 700; text-anchor: middle; }
svg .fault-band { opacity: .1; }
svg .fault-bar { opacity: .3; }
svg text.fault-name { fill: var(--text); pointer-events: none; }
svg .window { fill: none; stroke: var(--accent); stroke-width: 1.5; }
svg .outside { fill: var(--page); opacity: .7; }
svg .density { fill: var(--soft); opacity: .55; }
.partition { fill: var(--partition); } .pause { fill: var(--pause); } .kill { fill: var(--kill); }
.clock { fill: var(--clock); } .link { fill: var(--link); } .disk { fill: var(--disk); } .other { fill: var(--soft); }

.finding { padding: .9rem 1.1rem; margin: 0 0 1rem; border-left: 5px solid var(--bad); }
.finding.allowed { border-left-color: var(--warn); }
.finding header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
.finding ul, .finding ol { margin: .4rem 0; padding-left: 1.4rem; }
.finding pre { background: var(--shade); border-radius: 6px; padding: .7rem .9rem; overflow-x: auto; line-height: 1.3; margin: .6rem 0 0; }
.group { margin: 1.6rem 0 .7rem; font-size: 1.02rem; }
@media print { .toolbar, .help, #overview { display: none; } #viewport { max-height: none; } }
`;
