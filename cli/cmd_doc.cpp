// The reference pages that are nothing but tables of the program. Each is made from the table itself, so none can be out of date: a test
// makes them again and compares. Pages are Markdown; the same program always writes the same bytes.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/doc_citations.h"
#include "cli/language_pages.h"
#include "cli/markdown.h"
#include "cli/workspace.h"
#include "compiler/diag/diagnostic.h"
#include "runtime/bytecode/instruction.h"
#include "runtime/bytecode/bounds.h"
#include "runtime/bytecode/cost.h"
#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/meter.h"
#include "runtime/catalog/builtins.h"
#include "runtime/patterns/pattern.h"
#include "stdlib/stdlib.h"

namespace tollgate::cli {

namespace {

// ---- builtins

std::string_view meaning_word(Meaning meaning) {
  constexpr std::string_view kWords[] = {"", "count", "scale", "zone", "pattern", "unit", "group", "fill", "needle", "picture", "charset", "file name"};
  return kWords[static_cast<size_t>(meaning)];
}

std::string kinds_text(KindSet set) {
  std::string out;
  for (int i = 0; i < kKindCount; ++i) {
    if (!contains(set, static_cast<Kind>(i))) continue;
    if (!out.empty()) out += " or ";
    out += type_name(static_cast<Kind>(i));
  }
  return out;
}

std::string parameter_text(const Parameter& parameter) {
  std::string out = parameter.meaning == Meaning::any ? kinds_text(parameter.kinds)
                                                      : fmt::format("{}: {}", meaning_word(parameter.meaning), kinds_text(parameter.kinds));
  return parameter.optional ? out + ", if given" : out;
}

std::string arguments_text(const BuiltinRow& builtin) {
  std::string out;
  for (const Parameter& parameter : builtin.arguments()) out += (out.empty() ? "" : "; ") + parameter_text(parameter);
  return out;
}

std::string result_text(const BuiltinRow& builtin) {
  std::string out = builtin.result_kind == ResultKind::element   ? "an element"
                    : builtin.result_element != Kind::missing ? fmt::format("many {}", type_name(builtin.result_element))
                                                              : std::string(type_name(builtin.result));
  return builtin.optional ? out + "?" : out;
}

std::string_view faults_text(Faults faults) {
  constexpr std::string_view kWords[] = {"never", "if computed", "may", "by key"};
  return kWords[static_cast<size_t>(faults)];
}

std::string_view labels_text(LabelRule rule) {
  constexpr std::string_view kWords[] = {"join", "hash", "mac", "open_only", "open_join", "plain", "cipher", "sealing_cipher", "opened", "envelope", "message"};
  return kWords[static_cast<size_t>(rule)];
}

std::string builtins_of(Calling calling, std::string_view title) {
  std::string out = fmt::format("## {}\n\n", title) + heads({"name", "takes", "gives", "what", "example", "faults", "labels", "cost"});
  for (const BuiltinRow& builtin : builtins()) {
    if (builtin.calling != calling || builtin.id >= kCodecBuiltins) continue;
    std::string cost = builtin.cost_per_byte == 0 ? fmt::format("{}", builtin.cost) : fmt::format("{} + {}/byte", builtin.cost, builtin.cost_per_byte);
    std::string name = calling == Calling::form ? fmt::format(".{}", builtin.name) : std::string(builtin.name);
    out += row({code(name), arguments_text(builtin), result_text(builtin), std::string(builtin.doc), code(builtin.example), std::string(faults_text(builtin.faults)),
                std::string(labels_text(builtin.labels)), cost});
  }
  return out + "\n";
}

std::string host_reads() {
  std::string out = "## Host reads\n\nWhat the host is asked for; allowed in procedures, sessions and auths, recorded, and pinned in tests.\n\n" +
                    heads({"name", "gives", "what"});
#define TG_HOST(name, kind, doc) out += row({code(#name), std::string(type_name(Kind::kind)), doc});
#include "runtime/catalog/hosts.def"
#undef TG_HOST
  return out;
}

std::string builtins_page() {
  return page("runtime/catalog/builtins.def and hosts.def", "Builtins",
              "A form's first argument is what stands before the dot. *Faults*: `never`; `if computed`, unless the argument is a constant that was judged when the "
              "file was checked; `may`, on some values, before anything is sent. *Labels* of the result: `join`, all of the arguments'; `hash`, sealed if an "
              "argument is secret, personal stays; `mac`, sealed; `open_only` and `open_join` refuse secrets; `plain`, none; `cipher` and `sealing_cipher`, sealed, the second without the person; `opened`, secret; `envelope` and `message`, those of "
              "the last argument, the first sealed as well. `by key`: never, once the deployment's key is of the right kind. Codecs as functions are in [codecs.md](codecs.md).") +
         builtins_of(Calling::form, "Forms: after a dot") + builtins_of(Calling::function, "Functions") +
         builtins_of(Calling::operation, "Operations: written with their signs") + host_reads();
}

// ---- diagnostics

std::string_view range_title(std::string_view code_of) {
  constexpr std::string_view kTitles[] = {"", "Source and syntax", "Names", "Types and shapes", "Carriers and patterns", "Money and secrets", "Tests, and money continued",
                                          "", "Lowering", "Warnings"};
  return kTitles[static_cast<size_t>(code_of[3] - '0') % std::size(kTitles)];
}

std::string diagnostics_page() {
  std::string out = page("compiler/diag/diagnostics.def", "Diagnostics",
                         "A code is never given to another mistake. Each has a page with a wrong file and a right one, which `tollgate explain CODE` prints. In a headline, "
                         "`{…}` is what was found.");
  std::string_view before;
  for (char range = '1'; range <= '9'; ++range) {
    for (const DiagnosticRow& diagnostic : all_diagnostics()) {
      if (diagnostic.code[3] != range) continue;
      std::string_view title = range_title(diagnostic.code);
      if (title != before) out += fmt::format("{}## CR{}xx: {}\n\n", before.empty() ? "" : "\n", diagnostic.code.substr(2, 2), title) + heads({"code", "name", "headline", "why"});
      before = title;
      out += row({fmt::format("[{0}](diagnostics/{0}.md)", diagnostic.code), std::string(diagnostic.name), std::string(diagnostic.headline), std::string(diagnostic.why)});
    }
  }
  return out;
}

// ---- the small tables

std::string opcodes_page() {
  std::string out = page("runtime/catalog/opcodes.def", "Instructions",
                         "A register machine; an instruction has 32 bits, little-endian: the operation in bits 0 to 7, `a` in 8 to 15, then either `b` in 16 to 23 and `c` in 24 to "
                         "31 (format abc), or an immediate of 16 bits (format ai). Jumps go forward only. Cost is in units of the meter.") +
                    heads({"number", "name", "format", "cost", "what"});
  size_t number = 0;
  for (const OpRow& op : kOps) out += row({fmt::format("{}", number++), code(op.name), op.immediate ? "ai" : "abc", fmt::format("{}", op.cost), std::string(op.doc)});
  return out;
}

std::string readers_page() {
  std::string out = page("runtime/catalog/readers.def", "Readers",
                         "What a type in a match reads. In JSON the kind of the token selects; form, query, header, path, xml and text know only text. The conversion asserts: what "
                         "was selected and does not convert is a contradiction, never another arm.") +
                    heads({"in a match", "gives", "reads"});
#define TG_READER(name, spelling, kind, doc) out += row({code(spelling), std::string(type_name(Kind::kind)), doc});
#include "runtime/catalog/readers.def"
#undef TG_READER
  return out;
}

std::string codecs_page() {
  std::string out = page("runtime/catalog/codecs.def", "Codecs",
                         "Codecs wrap the bytes of another shape, outermost first, both ways: `base64 gzip json { … }`. What stands in parentheses may be any value where a "
                         "message is built; where one is matched it is a constant or a setting, and of a key pair the half that reads: what `rsa_pkcs1(settings.theirs)` wrote, "
                         "`rsa_pkcs1(settings.ours)` reads. Most are functions too, `NAME(arguments, x)` and `NAME_decode(arguments, x)`; the second is missing for what the "
                         "first could not have made.\n\nWhat does not decode does not select: the arm is not taken. In the examples, `test_private_key(\"rsa\")` is a key of the tests.") +
                    heads({"codec", "takes", "writes", "what", "example"});
  for (const CodecRow& codec : codecs()) {
    std::string takes;
    for (const Parameter& parameter : codec.arguments()) takes += (takes.empty() ? "" : "; ") + parameter_text(parameter);
    out += row({code(codec.name), takes, std::string(type_name(codec.writes)), std::string(codec.doc), code(codec.example)});
  }
  return out;
}

// ---- the library's auths and verifies, from their doc comments

// "auth basic(name: Text, password: Secret) {" without its brace, with the sentences that stand above it.
std::string declarations_of(std::string_view text, std::string_view word) {
  std::string out, doc;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("/// ")) {
      doc += (doc.empty() ? "" : " ") + std::string(line.substr(4));
    } else if (line.starts_with(word) && line.ends_with(" {")) {
      line.remove_suffix(2);
      out += row({code(line.substr(word.size())), doc});
      doc.clear();
    } else {
      doc.clear();
    }
  }
  return out;
}

std::string auth_page() {
  std::string out = page("stdlib/*.carrier", "Auth and verify",
                         "What the library has for saying who is calling. An `auth` is used by `with`, on a link or a send; a `verify` stands in an endpoint. Both are written in "
                         "the language: read `stdlib/` before writing your own, and see [how to sign](../how-to/signing.md).");
  for (const LibraryFile& file : library()) {
    std::string_view name = file.name;
    name.remove_prefix(name.find('/') + 1);
    name.remove_suffix(std::string_view(".carrier").size());
    for (std::string_view word : {"auth ", "verify "}) {
      const std::string rows = declarations_of(file.text, word);
      if (!rows.empty()) out += fmt::format("## {}: `use std.{}: …`\n\n", word == "auth " ? "Auth" : "Verify", name) + heads({word == "auth " ? "auth" : "verify", "what"}) + rows + "\n";
    }
  }
  out.pop_back();
  return out;
}

std::string states_page() {
  std::string out = page("runtime/ports/states.def and runtime/patterns/*.def", "States of a procedure", "What the store holds, and what moves a procedure from one state to another.");
  out += "## States\n\n" + heads({"state", "terminal", "an attempt may be open", "what"});
#define TG_STATE(name, terminal, open, doc) out += row({code(#name), terminal ? "yes" : "", open ? "yes" : "", doc});
#include "runtime/ports/states.def"
#undef TG_STATE
  out += "\n## Events\n\nAn event that needs proof changes nothing without it.\n\n" + heads({"event", "needs proof", "what"});
#define TG_EVENT(name, proof, doc) out += row({code(#name), proof ? "yes" : "", doc});
#include "runtime/patterns/events.def"
#undef TG_EVENT
  out += "\n## Transitions\n\nThe first row whose state, event and guard fit is taken. No row: the event changes nothing.\n\n" + describe_transitions();
  return out;
}

struct ModuleLimit { std::string_view name; uint64_t value; std::string_view what; };
#define TG_MODULE_LIMIT(name, what) {#name, limits::name, what}
constexpr ModuleLimit kModuleLimits[] = {
    TG_MODULE_LIMIT(kModuleBytes, "bytes of a module, debug included"), TG_MODULE_LIMIT(kTextBytes, "bytes of one text"),
    TG_MODULE_LIMIT(kTexts, "texts"), TG_MODULE_LIMIT(kConstants, "constants"), TG_MODULE_LIMIT(kSettings, "settings"),
    TG_MODULE_LIMIT(kLinks, "links"), TG_MODULE_LIMIT(kSessions, "sessions"), TG_MODULE_LIMIT(kShapes, "shapes"),
    TG_MODULE_LIMIT(kNodes, "nodes of one shape"), TG_MODULE_LIMIT(kHoles, "holes of one shape"), TG_MODULE_LIMIT(kShapeDepth, "levels of one shape"),
    TG_MODULE_LIMIT(kCodecDepth, "codecs inside codecs"), TG_MODULE_LIMIT(kPairsDepth, "pairs inside pairs"), TG_MODULE_LIMIT(kTables, "tables of codes"),
    TG_MODULE_LIMIT(kRows, "rows of one table"), TG_MODULE_LIMIT(kTargets, "targets"), TG_MODULE_LIMIT(kExchanges, "exchanges"),
    TG_MODULE_LIMIT(kArms, "arms of one exchange or callback"), TG_MODULE_LIMIT(kStatuses, "ranges of statuses of one arm"),
    TG_MODULE_LIMIT(kHeaders, "headers of one arm or exchange"), TG_MODULE_LIMIT(kProcedures, "procedures"), TG_MODULE_LIMIT(kSteps, "steps of one procedure"),
    TG_MODULE_LIMIT(kFields, "arguments, kept values or parameters of one frame"), TG_MODULE_LIMIT(kEnquiries, "enquiries"),
    TG_MODULE_LIMIT(kIntervals, "intervals of one enquiry"), TG_MODULE_LIMIT(kEndpoints, "endpoints"), TG_MODULE_LIMIT(kCallbacks, "callbacks"),
    TG_MODULE_LIMIT(kVerifies, "verifiers of one endpoint"), TG_MODULE_LIMIT(kProofs, "proofs of one target"), TG_MODULE_LIMIT(kSlices, "slices of code"),
    TG_MODULE_LIMIT(kCodeWords, "instructions"), TG_MODULE_LIMIT(kReasons, "reasons"), TG_MODULE_LIMIT(kPromises, "promises"),
    TG_MODULE_LIMIT(kWaitMs, "milliseconds of one wait: 30 days"),
};
#undef TG_MODULE_LIMIT
#define TG_BOUND(name, what) {#name, bounds::name, what}
constexpr ModuleLimit kCostLimits[] = {
    TG_BOUND(kMessageBytes, "bytes of a message, either way"), TG_BOUND(kHeadBytes, "bytes of the line and headers of a message that came"),
    TG_BOUND(kArgumentBytes, "bytes of one argument of a procedure"), TG_BOUND(kSettingBytes, "bytes of one setting"),
    TG_BOUND(kDurableBytes, "bytes of one kept value, parameter, or session's value"), TG_BOUND(kTransmissions, "transmissions of one request, by a carrier's promise"),
    TG_BOUND(kHints, "messages of one wait that prove nothing and are asked about at once"), TG_BOUND(kDoubtMs, "milliseconds of a proof in doubt, unless the file says otherwise"),
    TG_BOUND(kSendByMs, "milliseconds for which what surely did not leave is tried again"), TG_BOUND(kRepeatByMs, "milliseconds after which nothing is sent again out of doubt"),
};
#undef TG_BOUND

std::string limits_page() {
  std::string out = page("compiler/source/limits.def, runtime/catalog/limits.def and runtime/bytecode/limits.h", "Limits", "Bounds that a person may meet. Nothing grows without one.");
  out += "## Files\n\n" + heads({"limit", "value", "of what, and why"});
#define TG_SOURCE_LIMIT(name, value, reason) out += row({code(#name), fmt::format("{}", value), reason});
#include "compiler/source/limits.def"
#undef TG_SOURCE_LIMIT
  out += "\n## Values\n\n" + heads({"limit", "value", "of what, and why"});
#define TG_LIMIT(name, value, reason) out += row({code(#name), fmt::format("{}", value), reason});
#include "runtime/catalog/limits.def"
#undef TG_LIMIT
  out += "\n## Modules\n\nThe decoder refuses a count above its limit before it allocates.\n\n" + heads({"limit", "value", "of what"});
  for (const ModuleLimit& limit : kModuleLimits) out += row({code(limit.name), fmt::format("{}", limit.value), std::string(limit.what)});
  return out;
}

std::string cost_page() {
  std::string out = page("runtime/bytecode/measures.def, runtime/bytecode/meter.h and runtime/catalog/growth.def", "Cost",
                         "What a procedure may cost at most, on its worst path: each measure by itself. `tollgate check --cost` prints it, a `budget` bounds it, the module states it and the verifier "
                         "computes it again. Prices of operations are in [opcodes.md](opcodes.md), of builtins in [builtins.md](builtins.md).") +
                    heads({"measure", "unit", "what it counts"});
  for (const MeasureRow& measure : kMeasures) out += row({code(measure.name), measure.unit.empty() ? "" : code(measure.unit), std::string(measure.doc)});
  out += "\nNot in it: messages that the carrier sends unasked, each of which is bounded by its own slices; tries that surely did not leave; a session that is refused and asked for again until the "
         "send-by time; what a restarted node asks once more.\n\n## The meter\n\n" +
         heads({"what", "units"}) + row({"any slice, at most", fmt::format("{}", kSliceFuel)}) + row({"a message that is built", fmt::format("{} + one for each {} bytes", kBuildCost, kBytesPerUnit)}) +
         row({"a text that is joined", fmt::format("one for each {} bytes", kBytesPerUnit)});
  out += "\n## What bounds follow from\n\n" + heads({"limit", "value", "of what"});
  for (const ModuleLimit& limit : kCostLimits) out += row({code(limit.name), fmt::format("{}", limit.value), std::string(limit.what)});
  return out;
}

std::string errors_page() {
  std::string out = page("runtime/catalog/errors.def", "Errors", "Troubles of the world and the host. A carrier's answer is never one of them: it is an outcome.") + heads({"code", "why", "what to do"});
#define TG_ERROR(code_word, why, remedy) out += row({code(#code_word), why, remedy});
#include "runtime/catalog/errors.def"
#undef TG_ERROR
  return out;
}

std::string cli_page() {
  std::string out = page("cli/commands.def", "Commands", "`tollgate --help` lists them, `tollgate COMMAND --help` says one line more.") + heads({"command", "what", "in"});
#define here "tollgate"
#define node "tollgate-node"
#define TG_COMMAND(name, arguments, program, sentence) out += row({code("tollgate " #name " " arguments), sentence, code(program)});
#include "cli/commands.def"
#undef TG_COMMAND
#undef here
#undef node
  out += "\n## Formats of findings\n\n`tollgate check --format FORMAT`. What people read goes to standard error, the rest to standard output.\n\n" +
         heads({"format", "what"});
#define TG_FORMAT(name, people, sentence) out += row({code(#name), sentence});
#include "compiler/diag/formats.def"
#undef TG_FORMAT
  out += fmt::format("\nEvery command is called as `tollgate COMMAND`; what needs network or database is done by `tollgate-node`, which `tollgate` becomes.\n\n"
                     "## Exit codes\n\n{}{}{}{}{}{}\nColours appear on a terminal only, and not while `NO_COLOR` is set.\n",
                     heads({"code", "meaning"}), row({fmt::format("{}", static_cast<int>(kDone)), "done"}),
                     row({fmt::format("{}", static_cast<int>(kFindings)), "findings: errors in carrier files, failing tests, files that `fmt` would change"}),
                     row({fmt::format("{}", static_cast<int>(kUsage)), "the command line is wrong"}),
                     row({fmt::format("{}", static_cast<int>(kTrouble)), "trouble with files or the network"}),
                     row({fmt::format("{}", static_cast<int>(kDefect)), "a defect of this program: please report it"}));
  return out;
}

struct Page {
  std::string_view file;
  std::string (*text)();
};

constexpr Page kPages[] = {
    {"builtins.md", builtins_page}, {"diagnostics.md", diagnostics_page}, {"opcodes.md", opcodes_page}, {"readers.md", readers_page},
    {"auth.md", auth_page},
    {"codecs.md", codecs_page},     {"states.md", states_page},           {"limits.md", limits_page},   {"cost.md", cost_page},   {"errors.md", errors_page},
    {"cli.md", cli_page},           {"grammar.md", grammar_page},         {"types.md", types_page},     {"patterns.md", patterns_page},
};

}  // namespace

int cmd_doc(const Arguments& arguments) {
  if (!arguments.empty() && arguments[0] == "--citations") return doc_citations({arguments.begin() + 1, arguments.end()});
  if (arguments.size() != 1 || arguments[0].starts_with("-")) return usage_error("doc", "name one folder to write into");
  std::error_code ec;
  std::filesystem::create_directories(arguments[0], ec);
  for (const Page& each : kPages) {
    std::string path = (std::filesystem::path(arguments[0]) / each.file).string();
    Status written = write_file(path, each.text());
    if (!written.ok()) {
      fmt::print(stderr, "tollgate doc: {}\n", written.error().message);
      return kTrouble;
    }
    fmt::print("{}\n", path);
  }
  return kDone;
}

}  // namespace tollgate::cli
