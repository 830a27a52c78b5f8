import {
  AxisPlacement,
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  type DataSourceRef,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as HeatmapPanel, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';

/** Whichever one is chosen on the dashboard. */
export const chosenDatasource: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

/** By what is shown in the legend: what is asked. */
export type Queries = Readonly<Record<string, string>>;

export interface PanelOptions {
  readonly title: string;
  /** What it is, and what to make of it. */
  readonly description: string;
  /** As Grafana calls it: `s`, `percentunit`, `reqps`, `bytes`, `short`. */
  readonly unit: string;
  readonly queries: Queries;
  /** From a value on, a colour. */
  readonly thresholds?: readonly (readonly [from: number, colour: string])[];
  /** The alert that this is about, whose runbook it links to. */
  readonly runbook?: string;
  /** Of 24 columns. Default: 8. */
  readonly width?: number;
  readonly max?: number;
}

export interface SeriesOptions extends PanelOptions {
  readonly isStacked?: boolean;
  /** Colours of series whose names match. */
  readonly colours?: Readonly<Record<string, string>>;
  /** Units of series whose names match, and that have an axis of their own, to the right. */
  readonly onTheRight?: Readonly<Record<string, string>>;
}

/** To one runbook, where the variable of the dashboard says that they are. */
export const runbookLink = (alert: string): DashboardLinkBuilder =>
  new DashboardLinkBuilder(`Runbook: ${alert}`)
    .type(DashboardLinkType.Link)
    .url(`\${runbooks}/${alert}.md`)
    .targetBlank(true);

const queriesOf = (queries: Queries, isInstant = false): DataqueryBuilder[] =>
  Object.entries(queries).map(([legend, expr], index) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .datasource(chosenDatasource)
      .expr(expr)
      .legendFormat(legend);
    return isInstant ? query.instant() : query.range();
  });

const thresholdsOf = (thresholds: PanelOptions['thresholds'], below = 'green'): ThresholdsConfigBuilder => {
  const steps: Threshold[] = (thresholds ?? []).map(([value, color]) => ({ value, color }));
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: below }, ...steps]);
};

/** Lines over time, with thresholds as lines of their own. */
export const series = (options: SeriesOptions): TimeSeriesPanel => {
  const { title, description, unit, queries, thresholds, runbook, width = 8, isStacked = false } = options;
  const panel = new TimeSeriesPanel()
    .title(title)
    .description(description)
    .datasource(chosenDatasource)
    .targets(queriesOf(queries))
    .height(8)
    .span(width)
    .unit(unit)
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(isStacked ? 0 : 1)
    .fillOpacity(isStacked ? 60 : 8)
    .stacking(new StackingConfigBuilder().mode(isStacked ? StackingMode.Normal : StackingMode.None))
    .thresholds(thresholdsOf(thresholds, 'transparent'))
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        thresholds ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off,
      ),
    )
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (options.max !== undefined) panel.max(options.max);
  if (runbook) panel.links([runbookLink(runbook)]);
  for (const [pattern, colour] of Object.entries(options.colours ?? {}))
    panel.overrideByRegexp(pattern, [
      { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colour } },
    ]);
  for (const [pattern, ownUnit] of Object.entries(options.onTheRight ?? {}))
    panel.overrideByRegexp(pattern, [
      { id: 'unit', value: ownUnit },
      { id: 'custom.axisPlacement', value: AxisPlacement.Right },
    ]);
  return panel;
};

/** One number, now, coloured by the thresholds. `below` is the colour under the first of them. */
export const stat = (options: PanelOptions & { readonly below?: string }): StatPanel => {
  const { title, description, unit, queries, thresholds, runbook, width = 6, below = 'green' } = options;
  const panel = new StatPanel()
    .title(title)
    .description(description)
    .datasource(chosenDatasource)
    .targets(queriesOf(queries, true))
    .height(5)
    .span(width)
    .unit(unit)
    .decimals(unit === 'percentunit' ? 1 : 0)
    .noValue('nothing yet')
    .thresholds(thresholdsOf(thresholds, below))
    .colorMode(thresholds ? BigValueColorMode.Background : BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  const colour = new FieldColorBuilder();
  panel.colorScheme(
    thresholds
      ? colour.mode(FieldColorModeId.Thresholds)
      : colour.mode(FieldColorModeId.Fixed).fixedColor('text'),
  );
  if (runbook) panel.links([runbookLink(runbook)]);
  return panel;
};

/** How a histogram spreads, over time. */
export const heatmap = ({
  title,
  description,
  unit,
  histogram,
}: Pick<PanelOptions, 'title' | 'description' | 'unit'> & { readonly histogram: string }): HeatmapPanel =>
  new HeatmapPanel()
    .title(title)
    .description(description)
    .datasource(chosenDatasource)
    .targets(
      queriesOf({ '{{le}}': `sum by (le) (increase(${histogram}[$__rate_interval]))` }).map((query) =>
        query.format(PromQueryFormat.Heatmap),
      ),
    )
    .height(8)
    .span(8)
    .calculate(false)
    .yAxis(new YAxisConfigBuilder().unit(unit))
    .hideLegend();
