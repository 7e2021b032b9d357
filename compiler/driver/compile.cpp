// The phases in order. Each is a function from one finished structure to the next; this is the only place that knows all of them.
#include <map>
#include <optional>
#include <string>

#include "compiler/check/budgets.h"
#include "compiler/check/check.h"
#include "compiler/driver/refusal.h"
#include "compiler/driver/rendering.h"
#include "compiler/driver/state.h"
#include "compiler/lower/lower.h"
#include "compiler/parse/parse.h"
#include "compiler/resolve/resolve.h"
#include "runtime/bytecode/cost.h"
#include "stdlib/stdlib.h"

namespace tollgate {

void Compilation::State::parse_all(std::vector<SourceText> texts) {
  for (const LibraryFile& file : library()) trees.push_back(parse(sources.file(sources.add(std::string(file.name), std::string(file.text))), sink));
  library_files = sources.size();
  for (SourceText& text : texts) trees.push_back(parse(sources.file(sources.add(std::move(text.name), std::move(text.text))), sink));
}

void Compilation::State::lower_all(bool keep) {
  for (uint32_t i = 0; i < workspace.carriers.size(); ++i) {
    const hir::Carrier& carrier = workspace.carriers[i];
    if (carrier.is_family) continue;
    Module module = lower(workspace, i, sources, sink);
    if (sink.has_errors()) return;
    Status verified = verify(module);
    if (!verified.ok()) {
      defect = report_refusal(verified.error(), carrier.name, carrier.span, sink) || defect;
      return;
    }
    hir::check_budgets(carrier, module, sink);
    if (!keep) continue;
    carriers.push_back({carrier.name, carrier.version, sources.file(carrier.span.file).name(), encode(module), hex(hash_of(module))});
    modules.push_back(std::move(module));
    indices.push_back(i);
  }
  tests.resize(carriers.size());
}

Compilation::Compilation() : state_(std::make_unique<State>()) {}
Compilation::~Compilation() = default;
Compilation::Compilation(Compilation&&) noexcept = default;
Compilation& Compilation::operator=(Compilation&&) noexcept = default;

Compilation compile(std::vector<SourceText> sources, Phase upto, std::string_view today) {
  Compilation result;
  Compilation::State& state = *result.state_;
  state.parse_all(std::move(sources));
  if (upto == Phase::parse) return result;
  std::vector<const Tree*> trees;
  for (const Tree& tree : state.trees) trees.push_back(&tree);
  state.workspace = hir::resolve(trees, state.sink);
  hir::check(state.workspace, state.sink);
  hir::apply_allows(trees, today, state.sink);
  if (!state.sink.has_errors()) state.lower_all(upto == Phase::lower);
  return result;
}

bool Compilation::ok() const { return !state_->sink.has_errors(); }
bool Compilation::defective() const { return state_->defect; }
size_t Compilation::errors() const { return state_->sink.error_count(); }
size_t Compilation::warnings() const { return state_->sink.report_count() - state_->sink.error_count(); }

std::string Compilation::diagnostics(Rendering rendering) const { return render(rendering, state_->sink, state_->sources); }

const std::vector<CompiledCarrier>& Compilation::carriers() const { return state_->carriers; }

const TestSuite& Compilation::tests(size_t carrier) const {
  std::optional<TestSuite>& suite = state_->tests[carrier];
  if (!suite) suite = lower_tests(state_->workspace, state_->indices[carrier], state_->sources, state_->sink);
  return *suite;
}

std::vector<CostLine> Compilation::costs() const {
  std::vector<CostLine> out;
  for (size_t i = 0; i < state_->modules.size(); ++i) {
    const Module& module = state_->modules[i];
    for (Index p = 0; p < module.procedures.size() && p < module.costs.size(); ++p)
      out.push_back({state_->carriers[i].name, std::string(module.text(module.procedures[p].name)), cost_text(module.costs[p])});
  }
  return out;
}

std::vector<CitationLine> Compilation::citations() const {
  std::map<std::pair<uint32_t, uint32_t>, CitationLine> lines;  // a family's are in each of its carriers
  for (const hir::Carrier& carrier : state_->workspace.carriers) {
    for (const hir::Citation& cited : carrier.citations) {
      const SourceFile& file = state_->sources.file(cited.span.file);
      CitationLine line{cited.owner, cited.where, cited.text, cited.document, cited.version, cited.dated, cited.unconfirmed,
                        std::string(file.name()), file.line_of(cited.span.begin)};
      lines.emplace(std::pair{static_cast<uint32_t>(cited.span.file), cited.span.begin}, std::move(line));
    }
  }
  std::vector<CitationLine> out;
  for (auto& [place, line] : lines) out.push_back(std::move(line));
  return out;
}

std::optional<std::string> Compilation::dump(std::string_view phase, std::string_view file) const {
  if (phase == "ast") {
    for (const Tree& tree : state_->trees)
      if (tree.source->name() == file) return tollgate::dump(tree);
    return std::nullopt;
  }
  if (phase == "hir") return hir::dump(state_->workspace);
  if (phase != "module") return std::nullopt;
  std::string text;
  for (size_t i = 0; i < state_->carriers.size(); ++i)
    if (state_->carriers[i].file == file) text += tollgate::dump(state_->modules[i]);
  return text;
}

}  // namespace tollgate
