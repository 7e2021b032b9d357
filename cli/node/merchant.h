// Merchant: a shop that charges through the gateway's REST API, as a careful one does: every charge has its idempotency key, and a call that
// got no answer is made again with the same key.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/links/http_links.h"
#include "runtime/schedule/loop.h"

namespace tollgate::cli {

struct Order {
  std::string key, carrier, amount, currency, msisdn;
  std::string id;            // the procedure's, once known
  std::string state;         // as the gateway said last
  bool settled = false;
  bool placed = false;       // it is one of those that are called at once; who waits for a user lets others go on
  bool prompted = false;     // its user must do something: go to a page, type a PIN
  int64_t started_us = 0, settled_us = 0;
  uint32_t calls = 0;        // how often it was asked
};

class Merchant {
 public:
  Merchant(Loop& loop, std::string api, std::string token) : loop_(loop), api_(std::move(api)), token_(std::move(token)) {}
  Status open();

  void add(Order order) { orders_.push_back(std::move(order)); }
  // Runs until every order is settled or `patience_us` has passed; at most `at_once` calls are open. `tick` runs ten times a second, and ends the
  // run with false.
  void run(uint32_t at_once, int64_t patience_us, const std::function<bool()>& tick);
  const std::deque<Order>& orders() const { return orders_; }
  size_t settled() const { return settled_; }

  // One call that waits for its answer: GET of a path of the API, or of any loopback URL. Empty body if there was no answer.
  std::string get(const std::string& url);

 private:
  void call(size_t order);
  void answered(size_t order, const Reply& reply);
  void again(size_t order, int64_t delay_us);
  void fill();
  void leave(Order& order);

  Loop& loop_;
  std::string api_, token_;
  std::unique_ptr<HttpLinks> links_;
  std::deque<Order> orders_;
  std::map<uint64_t, std::function<void(Reply)>> waiting_;
  uint64_t ticket_ = 0;
  size_t next_ = 0, open_ = 0, settled_ = 0;
  uint32_t at_once_ = 0;
};

}  // namespace tollgate::cli
