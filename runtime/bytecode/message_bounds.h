// How large messages can become: what a shape builds from values of known weight, and what reading an answer takes. Upper bounds, in bytes; see cost.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/bytecode/module.h"

namespace tollgate {

// Bytes that building shape `index` gives at most, when its holes have these weights. Never more than a message may have.
uint64_t built_bytes(const Module& module, Index index, std::span<const uint64_t> weights);

// Memory that reading an answer takes at most, when all of these shapes are looked for in it at once: the matcher's places, and what must be decoded.
uint64_t reading_bytes(const Module& module, std::span<const Index> shapes);

// What a text that stands in such an answer weighs at most.
uint64_t read_weight(const Module& module, Index shape);

}  // namespace tollgate
