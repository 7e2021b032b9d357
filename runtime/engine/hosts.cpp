// Where and when a link may be used: its hosts, one after the other if surely nothing left; the hours in which the carrier is closed.
#include "runtime/engine/impl.h"
#include "runtime/value/zone.h"

namespace tollgate {

// When the link opens again; nothing if it is open. The local time of day decides, so an hour that a zone repeats is closed twice.
std::optional<int64_t> Engine::Impl::opening_time(const Module& module, const Link& link, int64_t now_us) {
  if (!link.closes) return std::nullopt;
  constexpr int64_t kMinutesPerDay = 24 * 60, kMinute = 60 * kSecond;
  const std::optional<Zone> zone = find_zone(module.text(link.closed_zone));
  const int64_t local_us = now_us + (zone ? zone->offset_at(now_us) : 0) * kSecond;
  const int64_t minute = local_us / kMinute % kMinutesPerDay;
  const int64_t from = link.closed_from, upto = link.closed_upto;
  const bool closed = from < upto ? minute >= from && minute < upto : minute >= from || minute < upto;
  if (!closed) return std::nullopt;
  const int64_t left = (upto - minute + kMinutesPerDay) % kMinutesPerDay;
  return now_us + left * kMinute - local_us % kMinute;
}

// Nothing has left, so it may wait until its send-by time; past that it is `failed unavailable`, never in doubt (G29).
void Engine::Impl::wait_for_opening(const InstancePtr& p, int64_t opens_us) {
  const std::string why = "the carrier is closed at this hour";
  if (opens_us > p->durable.send_by_us) {
    return when_free(p, [this, p, why] { give_up(p, "unavailable", std::move(Detail().text("why", why)).end()); });
  }
  set_timer(p, TimerKind::transmit, opens_us, [this, p] { prepare(p); });
}

// The request has surely not left: it may go to the next host. Its bytes stay; where they go is durable before they leave.
void Engine::Impl::next_host(const InstancePtr& p) {
  if (!p->frozen || p->attempt.exchange_index == kNone) return;
  LinkState& link = p->deployment->links[p->module().exchanges[p->attempt.exchange_index].link];
  if (link.hosts.size() < 2) return;
  link.fail_over(p->frozen->host);
  p->frozen->host = link.current;
  p->attempt.exchange.clear();   // sealed again when it leaves
}

}  // namespace tollgate
