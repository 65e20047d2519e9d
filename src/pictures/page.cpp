// SPDX-License-Identifier: BSL-1.0
//
// page.cpp: see page.hpp.
#include "page.hpp"

#include <algorithm>

namespace quipu::pictures {
namespace {

constexpr std::string_view colors = R"(
:root{--page:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--card:#f6f8fa;
--c0:#0072b2;--c1:#d55e00;--c2:#00805f;--c3:#b0568c;--c4:#8a6d00;--c5:#2b83ba;--c6:#6e7781}
@media(prefers-color-scheme:dark){:root{--page:#0d1117;--ink:#e6edf3;--soft:#9da7b3;--line:#30363d;--card:#161b22;
--c0:#56b4e9;--c1:#e69f00;--c2:#2fbf8f;--c3:#cc79a7;--c4:#f0e442;--c5:#8fb8ff;--c6:#8b949e}}
)";

constexpr std::string_view drawing = R"(
svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg .small{font-size:11px;fill:var(--soft)}
svg .strong{font-weight:600;font-size:14px}svg .grid{stroke:var(--line)}svg .card{fill:var(--card);stroke:var(--line)}
svg .cell{fill:var(--c0);stroke:var(--line)}svg .hover{fill:transparent}
svg .hover:hover{fill:var(--ink);fill-opacity:.12}
.s0{fill:var(--c0)}.s1{fill:var(--c1)}.s2{fill:var(--c2)}.s3{fill:var(--c3)}.s4{fill:var(--c4)}.s5{fill:var(--c5)}
.s6{fill:var(--c6)}.area{fill-opacity:.25}.edge{fill:none;stroke-width:2}
.move{fill:none;stroke:var(--c0)}.move.never{stroke:var(--soft);stroke-dasharray:3 4}.tip{fill:var(--c0)}
.tip.never{fill:var(--soft)}svg .halo{paint-order:stroke;stroke:var(--page);stroke-width:4px}
.edge.s0{stroke:var(--c0)}.edge.s1{stroke:var(--c1)}.edge.s2{stroke:var(--c2)}
)";

constexpr std::string_view layout = R"(
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:960px;margin:0 auto;padding:24px 16px 48px}h1{font-size:1.6rem;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:40px 0 8px}h3{font-size:1rem;margin:20px 0 4px}
p{margin:4px 0 12px;color:var(--soft)}code{overflow-wrap:anywhere}
.figures{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0}.figures div{background:var(--card);border:1px solid
var(--line);border-radius:8px;padding:10px 16px;min-width:120px}.figures b{display:block;font-size:1.35rem}
.figures span{color:var(--soft);font-size:.85rem}.wide{overflow-x:auto}
svg{width:100%;height:auto;display:block}.bar{width:160px;height:12px;margin-top:5px}
.wide>.quipu-graph{width:auto;max-width:none}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
th{text-align:left;color:var(--soft);font-weight:600}td,th{padding:4px 12px 4px 0;border-bottom:1px solid var(--line);
vertical-align:top}td.n,th.n{text-align:right;white-space:nowrap}td.name{overflow-wrap:anywhere;min-width:9em}
.key{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
details{margin:10px 0}summary{cursor:pointer;color:var(--soft)}.bad{color:var(--c1);font-weight:600}
@media(max-width:600px){.bar{width:80px}.figures div{min-width:104px}.wide>svg:not(.quipu-graph) .small{font-size:14px}}
)";

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

}  // namespace

std::string chart_styles() { return joined({colors, drawing}); }

std::string html_page(std::string_view title, std::string_view content) {
  return joined(
      {"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
       "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
       "<meta name=\"color-scheme\" content=\"light dark\"><title>",
       escaped(title), "</title><style>", colors, drawing, layout, "</style></head><body><main>\n", content,
       "</main></body></html>\n"});
}

std::string section(std::string_view title, std::string_view text) {
  return joined({"<h2>", title, "</h2>\n<p>", text, "</p>\n"});
}

std::string figures(const std::vector<std::pair<std::string, std::string>>& numbers_and_names) {
  std::string out = "<div class=\"figures\">";
  for (const auto& [number, name] : numbers_and_names)
    out += joined({"<div><b>", escaped(number), "</b><span>", escaped(name), "</span></div>"});
  return out + "</div>\n";
}

std::string wide(std::string_view content) { return joined({"<div class=\"wide\">", content, "</div>\n"}); }

std::string folded(std::string_view summary, std::string_view content) {
  return joined({"<details><summary>", escaped(summary), "</summary>", content, "</details>\n"});
}

std::string color_key(std::size_t series) {
  const std::string color = std::to_string(std::min(series, series_colors));
  return joined({"<span class=\"key\" style=\"background:var(--c", color, ")\"></span>"});
}

std::string share_bar(double share, std::size_t series) {
  element bar{"rect"};
  bar.set("class", "s" + std::to_string(std::min(series, series_colors)));
  bar.set("width", std::clamp(share, 0.0, 1.0) * 100).set("height", 10);
  return element{"svg"}
      .set("class", "bar")
      .set("viewBox", "0 0 100 10")
      .set("preserveAspectRatio", "none")
      .set("aria-hidden", "true")
      .add(bar.str())
      .str();
}

html_table::html_table(const std::vector<std::string>& headings) {
  out_ = "<div class=\"wide\"><table><thead><tr>";
  for (std::size_t index = 0; index < headings.size(); ++index) {
    element heading{"th"};
    if (index != 0 && !headings[index].empty()) heading.set("class", "n");
    out_ += heading.text(headings[index]).str();
  }
  out_ += "</tr></thead><tbody>\n";
}

html_table& html_table::row(std::string_view name, const std::vector<std::string>& numbers, std::string_view last) {
  out_ += "<tr>" + element{"td"}.set("class", "name").add(name).str();
  for (const std::string& each : numbers) out_ += element{"td"}.set("class", "n").add(each).str();
  if (!last.empty()) out_ += element{"td"}.add(last).str();
  out_ += "</tr>\n";
  return *this;
}

std::string html_table::str() const { return out_ + "</tbody></table></div>\n"; }

}  // namespace quipu::pictures
