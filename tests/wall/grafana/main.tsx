// One dashboard, drawn with Grafana's own components: window.WALL has its JSON, its panels' answers and its marks.
// What the components do not do (the grid, queries into frames, marks in graphs) is here, as Grafana's panels do it.
import {
  applyFieldOverrides, createTheme, DataFrame, dateTime, displayNameOverrideProcessor, Field, FieldConfigSource, FieldType,
  getDisplayValueAlignmentFactors, getFieldDisplayName, getFieldDisplayValues, identityOverrideProcessor, numberOverrideProcessor, Registry,
  standardFieldConfigEditorRegistry, standardTransformers, standardTransformersRegistry, stringOverrideProcessor, ThemeContext,
  thresholdsOverrideProcessor, TimeRange, transformDataFrame, unitOverrideProcessor, valueMappingsOverrideProcessor,
} from '@grafana/data';
import { BarGauge, BigValue, GlobalStyles, PanelChrome, TimeSeries, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { lastValueFrom } from 'rxjs';

type Series = { metric: Record<string, string>; values: Array<[number, string]> };
type Answer = { ref: string; legend: string; series: Series[] };
type Panel = any; // as in the dashboard's JSON
type Wall = {
  dashboard: any; answers: Record<string, Answer[]>; marks: Array<{ at: number; colour: string }>;
  begins: number; ends: number; wide: number; zone: string;
};
const wall: Wall = (window as any).WALL;
const theme = createTheme({ colors: { mode: 'dark' } });
const [ROW, GAP, HEAD] = [30, 8, 40];

const item = (id: string, process: any) => ({
  id, path: id, name: id, description: '', process, shouldApply: () => true, editor: () => null, override: () => null, settings: {},
});
const STANDARD = [
  item('unit', unitOverrideProcessor), item('decimals', numberOverrideProcessor), item('min', numberOverrideProcessor),
  item('max', numberOverrideProcessor), item('displayName', displayNameOverrideProcessor), item('noValue', stringOverrideProcessor),
  item('color', identityOverrideProcessor), item('thresholds', thresholdsOverrideProcessor),
  item('mappings', valueMappingsOverrideProcessor),
];
standardFieldConfigEditorRegistry.setInit(() => STANDARD as any);
const { mergeTransformer, organizeFieldsTransformer, orderFieldsTransformer, filterFieldsByNameTransformer,
  renameFieldsTransformer, sortByTransformer } = standardTransformers;
standardTransformersRegistry.setInit(() => [mergeTransformer, organizeFieldsTransformer, orderFieldsTransformer,
  filterFieldsByNameTransformer, renameFieldsTransformer,
  sortByTransformer].map((each: any) => (
  { id: each.id, name: each.name, transformation: async () => each, editor: () => null, imageDark: '', imageLight: '' })) as any);
/** What panels have of their own: all that the JSON sets. */
const OWN = new Set<string>(['cellOptions', 'width', ...wall.dashboard.panels.flatMap((panel: Panel) => (
  Object.keys(panel.fieldConfig.defaults.custom ?? {})))]);
const CUSTOM = new Registry(() => [
  ...STANDARD, ...[...OWN].map((name) => ({ ...item(`custom.${name}`, identityOverrideProcessor), path: name, isCustom: true })),
] as any);

const range: TimeRange = {
  from: dateTime(wall.begins * 1000), to: dateTime(wall.ends * 1000),
  raw: { from: dateTime(wall.begins * 1000), to: dateTime(wall.ends * 1000) },
};

function legendOf(template: string, labels: Record<string, string>): string | undefined {
  return template === '__auto' ? undefined : template.replace(/{{(\w+)}}/g, (_, name) => labels[name] ?? '');
}

/** As Grafana's Prometheus source answers for time series. */
function framesOf(answers: Answer[]): DataFrame[] {
  return answers.flatMap(({ ref, legend, series }) => series.map((each): DataFrame => {
    const { __name__: _, ...labels } = each.metric;
    const values = each.values.map(([, value]) => (value === 'NaN' ? null : Number(value)));
    const time: Field = {
      name: 'Time', type: FieldType.time, config: { interval: 15_000 }, values: each.values.map(([at]) => at * 1000),
    };
    const value: Field = {
      name: 'Value', type: FieldType.number, labels, config: { displayNameFromDS: legendOf(legend, labels) }, values,
    };
    return { refId: ref, fields: [time, value], length: values.length };
  }));
}

/** As it answers for tables: a column for each label, and the value. */
function tablesOf(answers: Answer[]): DataFrame[] {
  return answers.map(({ ref, series }): DataFrame => {
    const labels = [...new Set(series.flatMap((each) => Object.keys(each.metric)))].filter((name) => name !== '__name__').sort();
    const last = (each: Series) => each.values[each.values.length - 1];
    const fields: Field[] = [
      { name: 'Time', type: FieldType.time, config: {}, values: series.map((each) => last(each)[0] * 1000) },
      ...labels.map((name): Field => (
        { name, type: FieldType.string, config: {}, values: series.map((each) => each.metric[name] ?? '') })),
      { name: answers.length > 1 ? `Value #${ref}` : 'Value', type: FieldType.number, config: {},
        values: series.map((each) => Number(last(each)[1])) },
    ];
    return { refId: ref, fields, length: series.length };
  });
}

function applied(panel: Panel, data: DataFrame[]): DataFrame[] {
  const frames = applyFieldOverrides({
    data, fieldConfig: panel.fieldConfig as FieldConfigSource, fieldConfigRegistry: CUSTOM as any,
    replaceVariables: (text) => text, theme, timeZone: wall.zone,
  });
  for (const frame of frames) {
    for (const field of frame.fields) {
      field.state = { ...field.state, displayName: null }; // the name before the overrides, which the matchers kept
      getFieldDisplayName(field, frame, frames);
    }
  }
  return frames;
}

const Nothing = ({ panel, height }: { panel: Panel; height: number }) => (
  <div style={{ height, display: 'grid', placeItems: 'center', fontSize: 28, color: theme.colors.text.secondary }}>
    {panel.fieldConfig.defaults.noValue}
  </div>
);

function valuesOf(panel: Panel, data: DataFrame[]) {
  return getFieldDisplayValues({
    fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: (text) => text, theme,
    data, timeZone: wall.zone,
  });
}

type Drawn = { panel: Panel; data: DataFrame[]; width: number; height: number };

function Stat({ panel, data, width, height }: Drawn) {
  const { colorMode, graphMode, justifyMode, textMode } = panel.options;
  if (!data.length && !panel.fieldConfig.defaults.mappings?.length) {
    return <Nothing panel={panel} height={height} />;
  }
  const draw = ({ value, width, height, count }: any) => (
    <BigValue value={value.display} {...{ width, height, colorMode, graphMode, justifyMode, textMode, count, theme }} />
  );
  return (
    <VizRepeater getValues={() => valuesOf(panel, data)} renderValue={draw} source={data} renderCounter={0} autoGrid={true}
      orientation={'auto' as any} width={width} height={height} />
  );
}

function Bars({ panel, data, width, height }: Drawn) {
  if (!data.length) {
    return <Nothing panel={panel} height={height} />;
  }
  const draw = ({ value, width, height, alignmentFactors, orientation }: any) => (
    <BarGauge value={value.display} field={value.field} display={value.view?.getFieldDisplayProcessor(value.colIndex)}
      displayMode={panel.options.displayMode} valueDisplayMode={panel.options.valueMode}
      namePlacement={panel.options.namePlacement} showUnfilled={true} theme={theme}
      {...{ width, height, alignmentFactors, orientation }} />
  );
  return (
    <VizRepeater getValues={() => valuesOf(panel, data)} renderValue={draw} source={data} renderCounter={0} itemSpacing={8}
      getAlignmentFactors={getDisplayValueAlignmentFactors} minVizHeight={16} orientation={panel.options.orientation} width={width} height={height} />
  );
}

function Lines({ panel, data, width, height }: Drawn) {
  if (!data.length) {
    return <Nothing panel={panel} height={height} />;
  }
  const marked = (builder: any) => {
    builder.addHook('draw', (plot: any) => {
      const { ctx, bbox } = plot;
      ctx.save();
      ctx.setLineDash([5, 5]);
      ctx.lineWidth = 2 * devicePixelRatio;
      for (const { at, colour } of wall.marks) {
        const x = Math.round(plot.valToPos(at * 1000, 'x', true));
        ctx.strokeStyle = colour;
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
      }
      ctx.restore();
    });
    return null;
  };
  return (
    <TimeSeries frames={data} timeRange={range} timeZone={wall.zone} width={width} height={height} legend={panel.options.legend}
      options={panel.options} children={marked} />
  );
}

function Table({ panel, data, width, height }: Drawn) {
  if (!data.length || !data[0].length) {
    return <Nothing panel={panel} height={height} />;
  }
  return <TableNG data={data[0]} width={width} height={height} showTypeIcons={false} enableVirtualization={false} timeRange={range} />;
}

async function framed(panel: Panel): Promise<DataFrame[]> {
  const answers = wall.answers[String(panel.id)];
  if (panel.type !== 'table') {
    return applied(panel, framesOf(answers));
  }
  const tables = tablesOf(answers).filter((table) => table.length);
  const merged = tables.length ? await lastValueFrom(transformDataFrame(panel.transformations, tables)) : [];
  return applied(panel, merged);
}

const KINDS: Record<string, (drawn: Drawn) => React.ReactElement> = { stat: Stat, bargauge: Bars, timeseries: Lines, table: Table };

function Placed({ panel, data }: { panel: Panel; data: DataFrame[] }) {
  const { x, y, w, h } = panel.gridPos;
  const column = (wall.wide - 2 * GAP + GAP) / 24;
  const [width, height] = [w * column - GAP, h * (ROW + GAP) - GAP];
  const Kind = KINDS[panel.type];
  return (
    <div style={{ position: 'absolute', left: GAP + x * column, top: HEAD + y * (ROW + GAP), width, height }}>
      <PanelChrome title={panel.title} width={width} height={height} padding={panel.type === 'table' ? 'none' : undefined}>
        {(width, height) => <Kind panel={panel} data={data} width={width} height={height} />}
      </PanelChrome>
    </div>
  );
}

async function main() {
  const panels = wall.dashboard.panels as Panel[];
  const data = await Promise.all(panels.map(framed));
  const head: React.CSSProperties = { position: 'absolute', left: 16, top: 8, fontSize: 18, color: theme.colors.text.primary };
  createRoot(document.getElementById('wall')!).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div style={head}>{wall.dashboard.title}</div>
      {panels.map((panel, at) => <Placed key={panel.id} panel={panel} data={data[at]} />)}
    </ThemeContext.Provider>,
  );
}

main().catch((error) => { document.title = `failed: ${error}`; document.body.append(String(error.stack)); });
