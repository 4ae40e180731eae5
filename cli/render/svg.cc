#include "render/svg.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "elect/text.h"
#include "render/simple.h"

namespace cli::render {
namespace {

constexpr std::size_t kTooltipColumns = 300;
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Each state has a shape, too: colour is never the only difference. Programs without media queries use the first part:
// light and wide.
constexpr std::string_view kStyle = R"(
.electctl{width:100%;min-width:380px;max-width:1240px;height:auto;display:block;margin:0 auto;background:#fff;
 font-family:system-ui,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;font-size:14px}
.electctl text{fill:#1f2328;white-space:pre;direction:ltr}
.electctl .page{fill:#fff}
.electctl .title{font-size:22px;font-weight:600}
.electctl .muted{fill:#59636e}
.electctl .mono{font-family:ui-monospace,"DejaVu Sans Mono","Liberation Mono",Menlo,Consolas,monospace;font-size:13px}
.electctl .figure{font-variant-numeric:tabular-nums}
.electctl .end{text-anchor:end}
.electctl .middle{text-anchor:middle}
.electctl .slim{display:none}
.electctl .within{fill:#fff;font-size:11px;pointer-events:none}
.electctl .stripe{fill:#f6f8fa}
.electctl .grid{stroke:#d1d9e0;fill:none}
.electctl .leads{fill:#0969da}
.electctl .done{fill:#1a7f37}
.electctl .waits{fill:#afb8c1}
.electctl .vacant{fill:#cf222e;fill-opacity:.13}
.electctl .vacant-edge{stroke:#cf222e;stroke-dasharray:3 3;fill:none}
.electctl .running{fill:#8250df}
.electctl .failed{fill:#cf222e}
.electctl .ended{fill:#bc4c00}
.electctl .abandoned{fill:#fff;stroke:#59636e;stroke-width:1.5;stroke-dasharray:3 2}
.electctl .question{fill:#59636e;font-size:10px;font-weight:700;pointer-events:none}
.electctl .sign{fill:none;stroke:#fff;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;pointer-events:none}
.electctl g:hover>.tip{stroke:#1f2328;stroke-width:1.5}
@media (max-width:620px){
 .electctl text{font-size:22px}
 .electctl .title{font-size:30px}
 .electctl .mono{font-size:21px}
 .electctl .wide,.electctl .within{display:none}
 .electctl .slim{display:inline}
}
@media (prefers-color-scheme:dark){
 .electctl{background:#0d1117}
 .electctl text{fill:#e6edf3}
 .electctl .page{fill:#0d1117}
 .electctl .muted{fill:#9198a1}
 .electctl .within{fill:#0d1117}
 .electctl .stripe{fill:#151b23}
 .electctl .grid{stroke:#3d444d}
 .electctl .leads{fill:#58a6ff}
 .electctl .done{fill:#3fb950}
 .electctl .waits{fill:#656c76}
 .electctl .vacant{fill:#f85149;fill-opacity:.2}
 .electctl .vacant-edge{stroke:#f85149}
 .electctl .running{fill:#d2a8ff}
 .electctl .failed{fill:#f85149}
 .electctl .ended{fill:#f0883e}
 .electctl .abandoned{fill:#0d1117;stroke:#9198a1}
 .electctl .question{fill:#9198a1}
 .electctl .sign{stroke:#0d1117}
 .electctl g:hover>.tip{stroke:#e6edf3}
}
)";

std::string with_tooltip(std::string_view element, std::string_view tooltip) {
  if (tooltip.empty()) return fmt::format("{}\n", element);
  return fmt::format("<g><title>{}</title>{}</g>\n", xml_text(tooltip), element);
}

// Whether XML 1.0 allows this character. It comes as its bytes; a single byte above 0x7f is not UTF-8.
bool is_allowed(std::string_view character) {
  if (character.size() > 1) return character != "\xef\xbf\xbe" && character != "\xef\xbf\xbf";  // U+FFFE, U+FFFF.
  const auto byte = static_cast<unsigned char>(character.front());
  return character == "\n" || character == "\t" || (byte >= 0x20 && byte < 0x7F);
}

}  // namespace

std::string xml_text(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::string_view one = bytes.substr(0, elect::first_character(bytes).bytes);
    bytes.remove_prefix(one.size());
    if (one == "&") {
      text += "&amp;";
    } else if (one == "<") {
      text += "&lt;";
    } else if (one == ">") {
      text += "&gt;";
    } else if (one == "\"") {
      text += "&quot;";
    } else if (!is_allowed(one)) {
      text += kReplacement;
    } else {
      text += one;
    }
  }
  return text;
}

std::string units(double number) {
  std::string text = fmt::format("{:.2f}", std::isfinite(number) ? number : 0);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string brief(std::string_view bytes, std::size_t columns, const OutputStyle& output) {
  if (bytes.empty()) return R"("")";
  std::size_t kept = 0;
  while (kept < bytes.size() && kept < 4 * columns) kept += elect::first_character(bytes.substr(kept)).bytes;
  std::string text = shown(bytes.substr(0, kept), {.hex = output.hex, .escape = true});
  if (kept < bytes.size()) text += "…";
  return cut(text, columns, {});
}

std::string grouped(std::int64_t number) {
  const std::string digits = fmt::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && digits[i - 1] != '-' && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string arrow(const Box& box) {
  const double point = std::min(8.0, box.width / 2);
  return fmt::format("M{} {}H{}L{} {}L{} {}H{}Z", units(box.x), units(box.y), units(box.x + box.width - point),
                     units(box.x + box.width), units(box.y + box.height / 2), units(box.x + box.width - point),
                     units(box.y + box.height), units(box.x));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  while (width_of(text) > columns) {
    std::size_t end = 0;
    std::size_t space = 0;
    for (std::size_t used = 0; end < text.size();) {
      const auto [bytes, wide] = elect::first_character(text.substr(end));
      if (used + wide > columns && end > 0) break;
      if (text[end] == ' ') space = end;
      used += wide;
      end += bytes;
    }
    if (end < text.size() && text[end] == ' ') space = end;
    const std::size_t cut = space > 0 ? space : end;
    lines.emplace_back(text.substr(0, cut));
    text.remove_prefix(space > 0 ? cut + 1 : cut);
  }
  lines.emplace_back(text);
  return lines;
}

Picture::Picture(std::string_view title) : title_(cut(title, 2 * kMostColumns / 3, {})) {
  text("title", kMargin, kMargin + 20, title_);
}

void Picture::text(std::string_view classes, double x, double y, std::string_view text, std::string_view tooltip) {
  body_ += with_tooltip(
      fmt::format(R"(<text class="{}" x="{}" y="{}">{}</text>)", classes, units(x), units(y), xml_text(text)), tooltip);
}

void Picture::rect(std::string_view classes, const Box& box, std::string_view tooltip) {
  body_ += with_tooltip(
      fmt::format(R"(<rect class="{}{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"/>)", classes,
                  tooltip.empty() ? "" : " tip", units(box.x), units(box.y), units(box.width), units(box.height)),
      tooltip);
}

void Picture::path(std::string_view classes, std::string_view path, std::string_view tooltip) {
  body_ += with_tooltip(fmt::format(R"(<path class="{}{}" d="{}"/>)", classes, tooltip.empty() ? "" : " tip", path),
                        tooltip);
}

void Picture::label(Point at, std::string_view bytes, LabelWidth width, const OutputStyle& output) {
  const std::string whole = brief(bytes, kTooltipColumns, output);
  const std::string tooltip = width_of(whole) > width.slim ? whole : "";
  const std::string wide = cut(whole, width.wide, {});
  const std::string slim = cut(whole, width.slim, {});
  if (wide == slim) {
    text("mono", at.x, at.y, wide, tooltip);
  } else {
    text("mono wide", at.x, at.y, wide, tooltip);
    text("mono slim", at.x, at.y, slim, tooltip);
  }
}

void Picture::stripe(double y, double height) {
  rect("stripe", {kMargin - 8, y, kPictureWidth - 2 * kMargin + 16, height});
}

double Picture::paragraph(double y, std::string_view words) {
  for (const auto& line : wrapped(words, kMostColumns)) {
    text("muted", kMargin, y, line);
    y += kLine;
  }
  return y;
}

std::string Picture::file(double height) const {
  return fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" class="electctl" viewBox="0 0 {0} {1}" width="{0}" height="{1}">
<title>{2}</title>
<style>{3}</style>
<rect class="page" width="{0}" height="{1}"/>
{4}</svg>
)",
      units(kPictureWidth), units(std::ceil(height)), xml_text(title_), kStyle, body_);
}

}  // namespace cli::render
