/** Of a page with charts: light and dark as the reader has it, light on paper. */
export const styles = `
:root {
  --paper: #ffffff; --ink: #1c1f24; --soft: #555d68; --grid: #dfe3e8; --empty: #f3f5f7;
  --client: #1a66b8; --coach: #c2500a; --good: #2b7a4b; --bad: #b3261e; --other: #7a5ea8; --mute: #7d8590; --heat: #1a66b8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #e9ecef; --soft: #a9b1bb; --grid: #2f353c; --empty: #1b1f24;
    --client: #6db3ff; --coach: #ff9f5f; --good: #67c48f; --bad: #ff8d84; --other: #bda3ec; --mute: #8b939d; --heat: #6db3ff;
  }
}
@media print {
  :root {
    --paper: #ffffff; --ink: #1c1f24; --soft: #555d68; --grid: #dfe3e8; --empty: #f3f5f7;
    --client: #1a66b8; --coach: #c2500a; --good: #2b7a4b; --bad: #b3261e; --other: #7a5ea8; --mute: #7d8590; --heat: #1a66b8;
  }
  figure { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { list-style: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 760px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.01em; }
h2 { font-size: 20px; line-height: 1.3; margin: 0 0 4px; text-wrap: balance; }
header p, figcaption p, .notes p { color: var(--soft); margin: 0 0 8px; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 16px 24px; margin: 24px 0 8px; padding: 16px 0; border-block: 1px solid var(--grid); }
.numbers div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.numbers dt { color: var(--soft); font-size: 14px; line-height: 1.35; }
.numbers dd { margin: 0; font-size: 26px; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
figure { margin: 44px 0 0; }
figcaption { margin-bottom: 14px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 4px 0 0; font-size: 14px; }
.swatch { display: inline-block; width: 12px; height: 12px; margin-right: 6px; border-radius: 2px; vertical-align: -1px; background: currentColor; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg.narrow { display: none; }
@media (max-width: 560px) {
  main { padding: 20px 16px 48px; }
  h1 { font-size: 25px; }
  svg.wide { display: none; }
  svg.narrow { display: block; }
}
svg text { font-size: 13px; fill: var(--ink); font-variant-numeric: tabular-nums; }
svg .soft { fill: var(--soft); font-size: 12px; }
svg .strong { font-weight: 600; }
svg .grid { stroke: var(--grid); stroke-width: 1; shape-rendering: crispEdges; }
svg .empty { fill: var(--empty); }
svg .heat { fill: var(--heat); }
.client { fill: var(--client); stroke: none; color: var(--client); }
.coach { fill: var(--coach); stroke: none; color: var(--coach); }
.good { fill: var(--good); stroke: none; color: var(--good); }
.bad { fill: var(--bad); stroke: none; color: var(--bad); }
.other { fill: var(--other); stroke: none; color: var(--other); }
.mute { fill: var(--mute); stroke: none; color: var(--mute); }
svg .thin { stroke: currentColor; stroke-width: 2; }
svg .thick { stroke: currentColor; stroke-width: 8; stroke-opacity: 0.45; }
svg .dot { stroke: var(--paper); stroke-width: 1.5; }
details { margin-top: 12px; font-size: 14px; }
summary { cursor: pointer; color: var(--soft); }
summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--client); outline-offset: 2px; }
.scroll { overflow-x: auto; margin-top: 8px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 4px 0; }
th, td { text-align: left; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--grid); white-space: nowrap; font-weight: 400; }
thead th { font-weight: 600; vertical-align: bottom; white-space: normal; }
td.number { text-align: right; }
.notes { margin-top: 48px; border-top: 1px solid var(--grid); padding-top: 20px; }
`;
