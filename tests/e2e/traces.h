// Looks for what must not be written down: a text as it is, in hexadecimal, and in base64 at each of its three alignments.
#pragma once

#include <fmt/format.h>
#include <openssl/evp.h>

#include <string>
#include <vector>

namespace tollgate::e2e {

inline std::string base64(const std::string& bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  return out;
}

inline std::vector<std::string> forms_of(const std::string& text) {
  std::vector<std::string> forms = {text, "", ""};
  for (unsigned char c : text) forms[1] += fmt::format("{:02x}", c), forms[2] += fmt::format("{:02X}", c);
  for (size_t before = 0; before < 3; ++before) {
    // Characters that only bits of `text` decide: those of whole groups, without the first and the last one that share bits with a neighbour.
    const std::string encoded = base64(std::string(before, '\0') + text);
    const size_t from = before == 0 ? 0 : before + 1, whole = (before + text.size()) / 3 * 4;
    if (whole > from + 6) forms.push_back(encoded.substr(from, whole - from));
  }
  return forms;
}

inline bool holds(const std::string& haystack, const std::string& text) {
  for (const std::string& form : forms_of(text))
    if (haystack.find(form) != std::string::npos) return true;
  return false;
}

}  // namespace tollgate::e2e
