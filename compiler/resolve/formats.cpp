// How bodies of separated values and of lines are written, and what structure each kind of body has.
#include "compiler/resolve/carrier_resolver.h"
#include "runtime/bytecode/format.h"

namespace tollgate::hir {
namespace {

std::optional<std::string> constant_text(NodeRef argument) {
  return argument.is(SyntaxKind::string) || argument.is(SyntaxKind::raw_string) ? plain_text(argument) : std::nullopt;
}

std::string_view kind_word(NodeKind kind) {
  switch (kind) {
    case NodeKind::list: return "a list";
    case NodeKind::object: return "a record";
    case NodeKind::pairs: return "a name/value list";
    default: return "a value";
  }
}

}  // namespace

// `csv(";", "'") header`, `lines(": ")`: what separates, what quotes. Moves `next` behind `header`.
std::string CarrierResolver::read_format(ShapeRoot root, const std::vector<NodeRef>& codecs, size_t& next, NodeRef content) {
  NodeRef codec = codecs[next - 1], args = codec.child(SyntaxKind::args);
  std::string_view word = codec.child(SyntaxKind::name).text();
  auto wrong = [&](NodeRef at, std::string_view found, const std::string& label) {
    sink_.report(Diag::wrong_arguments, at.span()).arg("name", word).arg("found", found).label(label);
  };
  std::vector<std::string> given;
  for (NodeRef argument : args.children()) {
    auto text = constant_text(argument);
    if (!text) wrong(argument, "something computed", "written out, as in `csv(\";\")`");
    given.push_back(text.value_or(""));
  }
  if (root == ShapeRoot::lines) {
    if (given.size() > 1) wrong(args, "several texts", "takes what stands between name and value");
    bool record = content.is(SyntaxKind::record);
    if (!record && !given.empty()) wrong(args, "a separator", "only lines with names have one: `lines { name: value }`");
    if (record && !given.empty() && !format_fits(root, given[0])) wrong(args, args.first().text(), "at most 8 bytes in one line");
    if (!record) return {};
    return given.empty() || given[0].empty() ? "=" : given[0];
  }
  if (root != ShapeRoot::csv) {
    if (args && !given.empty()) wrong(args, "a format", "takes nothing");
    return {};
  }
  CsvFormat format;
  if (next < codecs.size() && codecs[next].child(SyntaxKind::name).text() == "header") format.header = true, ++next;
  auto one = [](const std::string& text) { return text.size() == 1 && separates(text[0]); };
  if (given.size() > 2) wrong(args, "too much", "takes a separator and a quote");
  if (!given.empty() && one(given[0])) format.separator = given[0][0];
  else if (!given.empty()) wrong(args.first(), args.first().text(), "one character that is no letter or digit: `csv(\";\")`, `csv(\"\\t\")`");
  if (given.size() > 1 && given[1].empty()) format.quoted = false;
  else if (given.size() > 1 && one(given[1]) && given[1][0] != format.separator) format.quote = given[1][0];
  else if (given.size() > 1) wrong(args.child(size_t{1}), args.child(size_t{1}).text(), "one character that is no letter or digit, or \"\" for none");
  return format_text(format);
}

void CarrierResolver::check_content(ShapeRoot root, const std::string& format, const ShapeNode& inside, NodeRef content) {
  Span at = content ? content.span() : inside.span;
  auto expected = [&](std::string_view what, std::string label) {
    sink_.report(Diag::shape_expected, at).arg("what", what).label(label);
  };
  bool record = inside.kind == NodeKind::object, list = inside.kind == NodeKind::list;
  std::string found(kind_word(inside.kind));
  switch (root) {
    case ShapeRoot::form:
    case ShapeRoot::query:
    case ShapeRoot::multipart:
    case ShapeRoot::xml:
      if (!record) expected("a record", found + " has no names");
      return;
    case ShapeRoot::csv: {
      bool header = csv_format(format).header;
      if (header && !record) return expected("a record", "a header line names the columns");
      if (header || list) return;
      Report report = sink_.report(Diag::shape_expected, at);
      report.arg("what", "a list").label("without a header line, columns have positions");
      Span before{at.file, at.begin, at.begin};
      if (record) report.help(Grade::likely, "if the first line names the columns", {{before, "header "}});
      return;
    }
    case ShapeRoot::lines:
      if (!record && !list) expected("a list of lines or a record of named lines", found + " is one line");
      return;
    case ShapeRoot::text:
      if (record || list || inside.kind == NodeKind::pairs) expected("a text", found + " has more than one value");
      return;
    case ShapeRoot::fixed:
      if (inside.kind != NodeKind::text) expected("a text with widths", "for example \"D{id: 12 chars}\"");
      else
        for (const ShapeNode& part : inside.children)
          if (part.kind == NodeKind::hole && part.size == 0)
            sink_.report(Diag::shape_expected, part.span).arg("what", "a width").label("how many characters? `{name: 12 chars}`");
      return;
    default: return;
  }
}

}  // namespace tollgate::hir
