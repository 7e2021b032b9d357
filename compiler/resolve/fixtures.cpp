// What tests are given, tables of tests, and properties.
#include <algorithm>
#include <charconv>

#include "compiler/resolve/carrier_resolver.h"

namespace tollgate::hir {
namespace {

constexpr uint32_t kFaultsMax = 8, kRunsMax = 10'000;

// What a run brings about. What is asked is drawn by the test itself.
bool happens(Quantity q) { return q == Quantity::captured || q == Quantity::paid || q == Quantity::charges; }

// Why a clause says nothing about a run, or null. Amounts and counts are never negative.
const char* vain(const Always& a) {
  if (a.left == a.right && a.left != Quantity::number) return "compares a quantity with itself";
  if (!happens(a.left) && !happens(a.right)) return "nothing that the carrier did is compared";
  if (a.left != Quantity::number && a.right != Quantity::number) return nullptr;
  const bool number_left = a.left == Quantity::number;
  const int64_t n = number_left ? a.left_value : a.right_value;
  using Is = Always::Is;
  const Is at_least = number_left ? Is::less_equal : Is::greater_equal, above = number_left ? Is::less : Is::greater;
  const bool always_so = (a.is == at_least && n <= 0) || (a.is == above && n < 0) || (a.is == Is::not_equal && n < 0);
  return always_so ? "is so whatever happens: amounts and counts are never negative" : nullptr;
}

bool is_literal(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::string: case SyntaxKind::raw_string: case SyntaxKind::integer: case SyntaxKind::decimal: case SyntaxKind::money:
    case SyntaxKind::msisdn: case SyntaxKind::duration: case SyntaxKind::true_value: case SyntaxKind::false_value: case SyntaxKind::hex_int: return true;
    default: return false;
  }
}

}  // namespace

// "17B", "4KiB"; 0 for what is no size.
uint64_t size_bytes(std::string_view text) {
  uint64_t n = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || n > (1u << 20)) return 0;
  std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  return unit == "KiB" ? n * 1024 : unit == "MiB" ? n * 1024 * 1024 : n;
}

// ---- fixtures

// `given NAME` or `settings { … }`.
void CarrierResolver::given(NodeRef node, Given& out) {
  if (NodeRef settings = node.child(SyntaxKind::settings)) {
    for (NodeRef setting : settings.children(SyntaxKind::setting)) given_setting(name_of(setting), setting.child(SyntaxKind::setting_value).first(), out);
    return;
  }
  NodeRef name = node.child(SyntaxKind::name);
  NodeRef fixture = library_.find(node.tree(), SyntaxKind::fixture, name.text());
  if (!fixture) {
    std::vector<std::string> names;
    for (NodeRef known : node.tree().root().children(SyntaxKind::fixture)) names.emplace_back(name_of(known).text());
    report_unknown(name, "fixture", names);
    return;
  }
  NodeRef record = fixture.child(SyntaxKind::record);
  for (NodeRef field : record.children(SyntaxKind::field)) {
    if (field.child(SyntaxKind::label).text() != "settings" || !field.last().is(SyntaxKind::record)) continue;
    for (NodeRef setting : field.last().children(SyntaxKind::field)) given_setting(setting.child(SyntaxKind::label), setting.last(), out);
  }
  out.records.push_back(record);
}

void CarrierResolver::given_setting(NodeRef name, NodeRef value, Given& out) {
  uint32_t i = index_of(carrier_.settings, name.text());
  if (i == kNone) {
    report_unknown(name, "setting", names_of(carrier_.settings));
    return;
  }
  if (!value || value == name || value.has_error()) {
    if (!name.parent().has_error()) sink_.report(Diag::value_missing, name.span()).arg("name", name.text()).label("is given no value");
    return;
  }
  Setting setting = carrier_.settings[i];
  setting.has_value = false;
  if (setting.many) {
    sink_.report(Diag::list_not_here, value.span()).label("a test gives one value").also(setting.span, "declared here");
    return;
  }
  Scope scope;
  scope.place = "a fixture";
  Expr made = expr(value, scope);
  if (made.poisoned()) return;
  const bool words = made.type.kind == Kind::text && (setting.type.kind == Kind::url || setting.type.kind == Kind::text);
  if (setting.type.kind == Kind::secret) {
    sink_.report(Diag::secret_in_file, made.span).arg("name", setting.name).label("a test invents its secrets").also(setting.span, "declared as Secret")
        .because("secrets come from the deployment");
    return;
  }
  if (made.kind != ExprKind::constant || (!words && made.type.kind != setting.type.kind)) {
    sink_.report(Diag::type_mismatch, made.span).arg("wanted", type_name(setting.type.kind)).arg("found", type_name(made.type.kind))
        .label("does not fit").also(setting.span, "declared here");
    return;
  }
  std::erase_if(out.settings, [&](const auto& earlier) { return earlier.first == setting.name; });
  out.settings.emplace_back(setting.name, made.constant);
}

// ---- tables

bool CarrierResolver::row_values(NodeRef row, NodeRef value, const std::vector<Param>& columns) {
  std::vector<NodeRef> cells;
  if (value.is(SyntaxKind::args)) for (NodeRef cell : value.children()) cells.push_back(cell);
  else cells.push_back(value);
  row_.clear();
  if (cells.size() != columns.size()) {
    sink_.report(Diag::argument_count, value.span()).arg("name", "a row").arg("wanted", std::to_string(columns.size())).arg("found", std::to_string(cells.size()))
        .label("takes " + names_in(columns));
    return false;
  }
  Scope scope;
  scope.place = "a table";
  bool good = true;
  for (size_t i = 0; i < cells.size(); ++i) {
    Expr made = expr(cells[i], scope);
    if (made.poisoned()) return false;
    if (made.kind != ExprKind::constant) {
      sink_.report(Diag::constant_needed, made.span).arg("what", "a cell of a table").label("must stand in the file");
      return false;
    }
    good = fitting(made, columns[i].type, columns[i].name, columns[i].span) && good;
    row_.push_back({columns[i].name, "a column", std::move(made), columns[i].span});
  }
  (void)row;
  return good;
}

std::vector<TestCase> CarrierResolver::table_test(NodeRef node) {
  std::vector<TestCase> out;
  NodeRef title = node.child(SyntaxKind::string) ? node.child(SyntaxKind::string) : node.child(SyntaxKind::raw_string);
  const std::string name = plain_text(title).value_or("");
  const std::vector<Param> columns = params(node.child(SyntaxKind::params));
  if (columns.empty() && !node.has_error()) {
    sink_.report(Diag::table_rows, title.span()).label("has no columns").help(Grade::example, "`table \"codes\" for x (code: Text) { … }`", {});
  }
  for (NodeRef row : node.children(SyntaxKind::test_row)) {
    if (row.has_error() || columns.empty()) continue;
    for (NodeRef value : row.children()) {
      if (!value.is(SyntaxKind::args) && !is_literal(value.kind())) continue;
      if (!row_values(row, value, columns)) continue;
      TestCase made;
      made.name = name + ": " + std::string(value.text());
      made.span = row.span();
      made.with_restarts = node.has(SyntaxKind::mark_with_restarts);
      test_steps(node, made);
      if (made.steps.empty() || made.steps[0].kind != TestStepKind::start) {
        if (!node.has_error()) sink_.report(Diag::test_start, title.span()).label("does not begin with `start`");
        row_.clear();
        return out;
      }
      made.steps.push_back(test_step(row.child(SyntaxKind::expect_outcome), made, made.steps));
      out.push_back(std::move(made));
    }
  }
  row_.clear();
  if (out.empty() && !node.has_error() && node.children(SyntaxKind::test_row).empty()) {
    sink_.report(Diag::table_rows, title ? title.span() : node.span()).label("has no row").help(Grade::example, "for example `\"E1\" => declined barred`", {});
  }
  return out;
}

// ---- properties

bool CarrierResolver::quantity(NodeRef node, Quantity& out, int64_t& value) {
  if (node.is(SyntaxKind::integer)) {
    out = Quantity::number;
    value = whole_number(node.text()).value_or(0);
    return true;
  }
  constexpr std::pair<std::string_view, Quantity> kNames[] = {
      {"asked", Quantity::asked}, {"captured", Quantity::captured}, {"paid", Quantity::paid}, {"charges", Quantity::charges}};
  for (const auto& [name, quantity] : kNames) {
    if (!node.is(SyntaxKind::name) || node.text() != name) continue;
    out = quantity;
    return true;
  }
  report_unknown(node, "quantity of a property", {"asked", "captured", "paid", "charges"});
  return false;
}

void CarrierResolver::vain_always(NodeRef condition, std::string why) {
  sink_.report(Diag::cannot_fail, condition.span()).arg("what", "`always " + std::string(condition.text()) + "`").label(std::move(why))
      .help(Grade::example, "for example `always captured <= asked`", {});
}

std::optional<Always> CarrierResolver::always(NodeRef condition) {
  Always out;
  switch (condition.kind()) {
    case SyntaxKind::equal: out.is = Always::Is::equal; break;
    case SyntaxKind::not_equal: out.is = Always::Is::not_equal; break;
    case SyntaxKind::less: out.is = Always::Is::less; break;
    case SyntaxKind::less_equal: out.is = Always::Is::less_equal; break;
    case SyntaxKind::greater: out.is = Always::Is::greater; break;
    case SyntaxKind::greater_equal: out.is = Always::Is::greater_equal; break;
    default:
      vain_always(condition, "compare two of asked, captured, paid, charges, or one of them with a number");
      return std::nullopt;
  }
  out.text = condition.text();
  out.span = condition.span();
  const bool left = quantity(condition.child(size_t{0}), out.left, out.left_value);
  const bool right = quantity(condition.child(size_t{1}), out.right, out.right_value);
  if (!left || !right) return std::nullopt;
  if (const char* why = vain(out)) {
    vain_always(condition, why);
    return std::nullopt;
  }
  return out;
}

Property CarrierResolver::property(NodeRef node) {
  Property out;
  NodeRef title = node.child(SyntaxKind::string) ? node.child(SyntaxKind::string) : node.child(SyntaxKind::raw_string);
  out.name = plain_text(title).value_or("");
  out.span = title ? title.span() : node.span();
  Given all;
  for (NodeRef item : node.children()) {
    if (item.has_error()) continue;
    if (item.is(SyntaxKind::given)) given(item, all);
    if (item.is(SyntaxKind::any_start)) {
      NodeRef name = item.first();
      out.procedure = index_of(carrier_.procedures, name.text());
      if (out.procedure == kNone) report_unknown(name, "procedure", names_of(carrier_.procedures));
    }
    if (item.is(SyntaxKind::any_faults) || item.is(SyntaxKind::property_runs)) {
      const bool faults = item.is(SyntaxKind::any_faults);
      NodeRef number = faults ? item.first().first() : item.first();
      auto n = number.is(SyntaxKind::integer) ? whole_number(number.text()) : std::nullopt;
      const uint32_t most = faults ? kFaultsMax : kRunsMax;
      if (n && *n >= (faults ? 0 : 1) && *n <= most) (faults ? out.faults : out.runs) = static_cast<uint32_t>(*n);
      else sink_.report(Diag::constant_needed, item.span()).arg("what", faults ? "the number of faults" : "the number of runs").label("at most " + std::to_string(most));
    }
    if (!item.is(SyntaxKind::always)) continue;
    for (NodeRef condition : item.children()) {
      if (std::optional<Always> made = always(condition)) out.always.push_back(std::move(*made));
    }
  }
  if (!node.has(SyntaxKind::any_start) && !node.has_error()) {
    sink_.report(Diag::property_any, out.span).label("of which procedure?").help(Grade::example, "for example `any charge`", {});
  }
  if (out.procedure != kNone) for (NodeRef record : all.records) start_fields(record, "", carrier_.procedures[out.procedure], out.fields);
  out.settings = std::move(all.settings);
  return out;
}

}  // namespace tollgate::hir
