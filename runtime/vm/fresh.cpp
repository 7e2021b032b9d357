#include "runtime/vm/fresh.h"

#include <cstring>

#include "runtime/value/uuid.h"

namespace tollgate {

std::string fresh_uuid(Host& host) {
  std::array<uint8_t, 16> random;
  host.random_bytes(random.data(), random.size());
  return make_uuid(random);
}

std::string fresh_alnum(Host& host, size_t n) {
  static constexpr char kAlphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  static_assert(sizeof(kAlphabet) == 33);
  std::string random(n, '\0');
  host.random_bytes(reinterpret_cast<uint8_t*>(random.data()), n);
  for (char& c : random) c = kAlphabet[static_cast<uint8_t>(c) & 31];
  return random;
}

std::string fresh_digits(Host& host, size_t n) {
  std::string out;
  for (size_t i = 0; i < n; i++) {
    uint64_t random;  // 64 bits make the bias of the remainder immaterial: one part in 10^18
    host.random_bytes(reinterpret_cast<uint8_t*>(&random), sizeof random);
    out += static_cast<char>(i == 0 ? '1' + random % 9 : '0' + random % 10);
  }
  return out;
}

}  // namespace tollgate
