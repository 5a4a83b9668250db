"""What Grafana's SDK makes of the values in `parts`."""

import json
import re
from collections.abc import Iterator

from grafana_foundation_sdk.builders import bargauge, common, prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as kinds
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from tests.wall.palette import COLOURS, DIM, SERIES
from tests.wall.parts import Column, Dashboard, Kind, Mark, Panel, Query, Steps
from tests.wall.texts import WORDS, Text

SOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
DOCS = "https://bascule.example/docs"
"""Where a site keeps the documents: the variable `docs` of every dashboard, and the base of the alerts' `runbook_url`."""
COMMAND = " → "
"""In a panel's title, before its command."""
_WIDE = 24
_Made = stat.Panel | timeseries.Panel | bargauge.Panel | table.Panel


def json_of(dashboard: Dashboard, language: str) -> str:
    """The dashboard as Grafana imports it."""
    made = build.Dashboard(dashboard.title.within(language)).uid(f"{dashboard.uid}-{language}")
    made = made.description(dashboard.about.within(language)).tags(["bascule", language]).editable()
    made = made.time(dashboard.since, "now").refresh(dashboard.refresh).timezone("browser")
    made = made.tooltip(model.DashboardCursorSync.CROSSHAIR).variables(list(_variables(dashboard, language)))
    made = made.link(
        build.DashboardLink("Bascule").type(model.DashboardLinkType.DASHBOARDS).tags(["bascule", language]).keep_time(True)
    )
    for mark in dashboard.marks:
        made = made.annotation(_mark(mark, language))
    x = y = high = 0
    for number, panel in enumerate(dashboard.panels, start=1):
        if x + panel.wide > _WIDE:
            x, y, high = 0, y + high, 0
        place = model.GridPos(x=x, y=y, w=panel.wide, h=panel.high)
        made = made.with_panel(_panel(panel, language).id(number).grid_pos(place))
        x, high = x + panel.wide, max(high, panel.high)
    plain = json.loads(json.dumps(made.build(), cls=JSONEncoder))
    for mark, annotation in zip(dashboard.marks, plain["annotations"].get("list", ()), strict=True):
        annotation["titleFormat"] = mark.title.within(language)  # the SDK does not know it
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _variables(
    dashboard: Dashboard, language: str
) -> Iterator[build.DatasourceVariable | build.QueryVariable | build.TextBoxVariable]:
    yield build.DatasourceVariable("datasource").label(Text("Prometheus", "Prometheus").within(language)).type("prometheus")
    for name in dashboard.variables:
        label = {"profile": Text("Profile", "Profil"), "cluster": Text("Cluster", "Cluster")}[name].within(language)
        variable = build.QueryVariable(name).label(label).datasource(SOURCE)
        variable = variable.query(f"label_values({dashboard.values_of}, {name})").refresh(
            model.VariableRefresh.ON_TIME_RANGE_CHANGED
        )
        yield variable.include_all(True).multi(True).all_value(".*").current(model.VariableOption(text="All", value="$__all"))
    yield build.TextBoxVariable("docs").label(Text("Documents at", "Documentation à").within(language)).default_value(DOCS)


def _mark(mark: Mark, language: str) -> build.AnnotationQuery:
    made = build.AnnotationQuery().name(mark.name.within(language)).datasource(SOURCE).enable(True).icon_color(mark.colour)
    return made.expr(mark.expr)


def _panel(panel: Panel, language: str) -> _Made:
    made = _KINDS[panel.kind](panel, language)
    title = COMMAND.join(filter(None, (panel.title.within(language), panel.command)))
    made = made.title(title).description(panel.about.within(language)).datasource(SOURCE)
    made = made.unit(panel.unit).no_value(panel.none.within(language) or "–")
    if panel.steps:
        made = made.thresholds(_steps(panel.steps))
    if panel.decimals is not None:
        made = made.decimals(panel.decimals)
    if panel.most is not None:
        made = made.min(0).max(panel.most)
    if panel.words:
        made = made.mappings([_words(panel, language)])
    if panel.runbook:
        link = build.DashboardLink(Text("What to do", "Que faire").within(language)).type(model.DashboardLinkType.LINK)
        page = Text("en/runbooks", "fr/runbooks").within(language)
        made = made.links([link.url(f"${{docs}}/{page}/{panel.runbook}.md").target_blank(True)])
    once = panel.kind not in (Kind.LINES, Kind.AREAS)
    for ref, query in zip("ABCDEFGH", panel.queries, strict=False):
        made = made.with_target(_target(query, ref, language, once=once, table=panel.kind is Kind.TABLE))
    for ref, properties in _shades(panel):
        made = made.override_by_query(ref, properties)
    for name, properties in _overrides(panel, language):
        made = made.override_by_name(name, properties)
    return made


def _target(query: Query, ref: str, language: str, *, once: bool, table: bool) -> prometheus.Dataquery:
    made = prometheus.Dataquery().expr(query.expr).ref_id(ref).datasource(SOURCE)
    made = made.legend_format(query.legend.within(language) or "__auto")
    made = made.instant() if once else made.range()
    return made.format(PromQueryFormat.TABLE if table else PromQueryFormat.TIME_SERIES)


def _shades(panel: Panel) -> Iterator[tuple[str, list[model.DynamicConfigValue]]]:
    """Series that are called as a site calls its nodes or pools: those of a query are shades of one colour, by brightness.

    Grafana's own palette has reds and greens that colour-blind people mix up.
    """
    named = [(ref, query) for ref, query in zip("ABCDEFGH", panel.queries, strict=False) if "{{" in query.legend.en]
    if panel.kind not in (Kind.LINES, Kind.AREAS) or len(named) < 2:
        return
    for (ref, query), colour in zip(named, SERIES, strict=False):
        shades = {"mode": model.FieldColorModeId.SHADES.value, "fixedColor": query.colour or colour}
        yield ref, [model.DynamicConfigValue(id_val="color", value=shades)]


def _overrides(panel: Panel, language: str) -> Iterator[tuple[str, list[model.DynamicConfigValue]]]:
    """Colours of lines, words of labels in French, and a table's columns."""
    for query in panel.queries:
        if query.colour:
            colour = {"mode": "fixed", "fixedColor": query.colour}
            yield query.legend.within(language), [model.DynamicConfigValue(id_val="color", value=colour)]
        if query.steps:
            steps = model.DynamicConfigValue(id_val="thresholds", value=_steps(query.steps).build())
            yield query.legend.within(language), [steps]
        if query.unit:
            yield query.legend.within(language), [model.DynamicConfigValue(id_val="unit", value=query.unit)]
    labels = {label for query in panel.queries for label in re.findall(r"{{(\w+)}}", query.legend.en)}
    coloured = panel.kind in (Kind.LINES, Kind.AREAS)
    for word, french, colour in ((word, *rest) for label in sorted(labels) for word, *rest in _words_of(label)):
        named = [model.DynamicConfigValue(id_val="displayName", value=french)] if language == "fr" else []
        fixed = {"mode": "fixed", "fixedColor": colour}
        properties = [*named, *([model.DynamicConfigValue(id_val="color", value=fixed)] if coloured else [])]
        if properties:
            yield word, properties
    for column in panel.columns:
        yield column.label, list(_column(column, language))


def _words_of(label: str) -> Iterator[tuple[str, str, str]]:
    """Each word that this label may have, in French, and its colour: the same in all graphs."""
    for place, (word, french) in enumerate(WORDS.get(label, {}).items()):
        yield word, french, COLOURS.get(word, SERIES[place % len(SERIES)])


def _column(column: Column, language: str) -> Iterator[model.DynamicConfigValue]:
    yield model.DynamicConfigValue(id_val="displayName", value=column.title.within(language))
    if column.unit:
        yield model.DynamicConfigValue(id_val="unit", value=column.unit)
    words = {word: text.within(language) for word, text in (column.words or {}).items()}
    if language == "fr":
        words |= WORDS.get(column.label, {})
    if words:
        options = {word: model.ValueMappingResult(text=text) for word, text in words.items()}
        yield model.DynamicConfigValue(id_val="mappings", value=[model.ValueMap(options=options)])
    if column.wide:
        yield model.DynamicConfigValue(id_val="custom.width", value=column.wide)
    if column.steps:
        yield model.DynamicConfigValue(id_val="thresholds", value=_steps(column.steps).build())
        yield model.DynamicConfigValue(id_val="custom.cellOptions", value={"type": "color-background", "mode": "basic"})


def _steps(steps: Steps) -> build.ThresholdsConfig:
    made = [model.Threshold(value=value, color=colour) for value, colour in steps]
    return build.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(made)


def _words(panel: Panel, language: str) -> model.ValueMap:
    colours = panel.colours or {}
    return model.ValueMap(
        options={
            value: model.ValueMappingResult(text=text.within(language), color=colours.get(value))
            for value, text in (panel.words or {}).items()
        }
    )


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"])


def _number(panel: Panel, _: str) -> stat.Panel:
    made = stat.Panel().graph_mode(kinds.BigValueGraphMode.NONE).color_mode(kinds.BigValueColorMode.BACKGROUND_SOLID)
    made = made.justify_mode(kinds.BigValueJustifyMode.CENTER).reduce_options(_last())
    several = len(panel.queries) > 1 or "{{" in panel.queries[0].legend.en
    made = made.text_mode(kinds.BigValueTextMode.VALUE_AND_NAME if several else kinds.BigValueTextMode.VALUE)
    return made.color_scheme(build.FieldColor().mode(model.FieldColorModeId.THRESHOLDS)).thresholds(_steps(((None, DIM),)))


def _name(panel: Panel, language: str) -> stat.Panel:
    return _number(panel, language).text_mode(kinds.BigValueTextMode.NAME)


def _lines(panel: Panel, _: str) -> timeseries.Panel:
    made = timeseries.Panel().line_width(3).fill_opacity(0).show_points(kinds.VisibilityMode.NEVER).min(0)
    made = made.color_scheme(build.FieldColor().mode(model.FieldColorModeId.SHADES).fixed_color(SERIES[0]))
    legend = common.VizLegendOptions().show_legend(True).placement(kinds.LegendPlacement.BOTTOM)
    made = made.legend(legend.display_mode(kinds.LegendDisplayMode.LIST).calcs(["lastNotNull"]))
    return made.tooltip(common.VizTooltipOptions().mode(kinds.TooltipDisplayMode.MULTI).sort(kinds.SortOrder.DESCENDING))


def _areas(panel: Panel, language: str) -> timeseries.Panel:
    stacking = common.StackingConfig().mode(kinds.StackingMode.NORMAL).group("A")
    return _lines(panel, language).fill_opacity(60).line_width(1).stacking(stacking)


def _bars(panel: Panel, _: str) -> bargauge.Panel:
    name = kinds.BarGaugeNamePlacement.LEFT if panel.many else kinds.BarGaugeNamePlacement.TOP
    made = bargauge.Panel().orientation(kinds.VizOrientation.HORIZONTAL).display_mode(kinds.BarGaugeDisplayMode.BASIC)
    made = made.value_mode(kinds.BarGaugeValueMode.TEXT).name_placement(name).reduce_options(_last()).min(0)
    return made.color_scheme(build.FieldColor().mode(model.FieldColorModeId.THRESHOLDS)).thresholds(
        _steps(((None, SERIES[0]),))
    )


def _table(panel: Panel, _: str) -> table.Panel:
    """The queries' series in one row for each set of labels, with the columns alone, in their order."""
    shown = {column.label: place for place, column in enumerate(panel.columns)}
    organize = {"includeByName": dict.fromkeys(shown, True), "indexByName": shown}
    first = next((column for column in panel.columns if column.first), None)
    made = table.Panel().min_width(80).with_transformation(model.DataTransformerConfig(id_val="merge", options={}))
    if first is not None:
        order = {"fields": {}, "sort": [{"field": first.label}]}
        made = made.with_transformation(model.DataTransformerConfig(id_val="sortBy", options=order))
    return made.with_transformation(model.DataTransformerConfig(id_val="organize", options=organize)).show_header(True)


_KINDS = {
    Kind.NUMBER: _number,
    Kind.NAME: _name,
    Kind.LINES: _lines,
    Kind.AREAS: _areas,
    Kind.BARS: _bars,
    Kind.TABLE: _table,
}

__all__ = ["COMMAND", "DOCS", "SOURCE", "json_of"]
