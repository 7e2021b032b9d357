// Ceilings on everything a module holds. `decode` refuses a count above its ceiling before it allocates, and names the section; the
// lowering reports the same numbers as diagnostics long before.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tollgate::limits {

constexpr size_t kModuleBytes = 8 * 1024 * 1024;  // encoded, debug included
constexpr size_t kTextBytes = 64 * 1024;          // one text
constexpr size_t kTexts = 65536;                  // texts and constants must fit a 16-bit immediate
constexpr size_t kConstants = 65536;
constexpr size_t kSettings = 256;
constexpr size_t kLinks = 64;
constexpr size_t kSessions = 64;
constexpr size_t kShapes = 4096;
constexpr size_t kNodes = 2048;                   // of one shape
constexpr size_t kHoles = 200;                    // of one shape: they must fit a register window
constexpr size_t kTables = 256;
constexpr size_t kRows = 4096;                    // of one table
constexpr size_t kTargets = 8192;
constexpr size_t kExchanges = 256;
constexpr size_t kArms = 256;                     // of one exchange or callback
constexpr size_t kStatuses = 64;                  // ranges of one arm
constexpr size_t kHeaders = 64;                   // of one arm or exchange
constexpr size_t kProcedures = 64;
constexpr size_t kSteps = 16;                     // of one procedure
constexpr size_t kFields = 200;                   // arguments, kept values or parameters of one frame
constexpr size_t kEnquiries = 64;
constexpr size_t kIntervals = 32;                 // of one enquiry
constexpr size_t kEndpoints = 64;
constexpr size_t kCallbacks = 64;
constexpr size_t kVerifies = 16;                  // of one endpoint
constexpr size_t kProofs = 16;                    // of one target
constexpr size_t kSlices = 4096;
constexpr size_t kCodeWords = 1 << 20;
constexpr size_t kReasons = 256;
constexpr size_t kPromises = 1024;
constexpr size_t kFiles = 256;
constexpr size_t kPlaces = 1 << 20;
constexpr size_t kDocs = 16384;

constexpr int kShapeDepth = 32;
constexpr int kCodecDepth = 4;    // codecs inside codecs
constexpr int kPairsDepth = 3;    // pairs and `[.., p, ..]` inside each other: each level reads its values once more
constexpr uint32_t kWidth = 4096; // characters of a hole with a width
constexpr uint64_t kWaitMs = 30ull * 24 * 3600 * 1000;  // no wait is longer than 30 days

}  // namespace tollgate::limits
