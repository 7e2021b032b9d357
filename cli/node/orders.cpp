#include "cli/node/orders.h"

#include <fmt/format.h>

namespace tollgate::cli {

Order order_for(const Program& program, size_t number) {
  const Module& module = program.module();
  Order order;
  order.key = fmt::format("order-{}-{}", program.carrier(), number);
  order.carrier = std::string(program.carrier());
  order.currency = std::string(module.text(module.market.currency));
  uint64_t units = 100 + number * 7 % 900;
  order.amount = module.market.decimals == 0 ? fmt::format("{}", units) : fmt::format("{}.{:0{}}", units, number % 100, module.market.decimals);
  // The market's picture of a number, the first of several: "+256 XXX XXX XXX".
  uint64_t digits = 7'000'000'000'000 + number * 7919;
  const std::string_view pictures = module.text(module.market.numbers);
  for (char c : pictures.substr(0, pictures.find('|'))) {
    if (c >= '0' && c <= '9') order.msisdn += c;
    else if (c == 'X') order.msisdn += static_cast<char>('0' + digits % 10), digits /= 10;
  }
  return order;
}

}  // namespace tollgate::cli
