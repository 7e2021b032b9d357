// Equality, order and logic. `same` and `compare` know the kinds; a row for each pair of kinds is what makes 0 == "0" unsayable.
#include "runtime/builtins/functions.h"

namespace tollgate {
namespace {

bool give_equal(BuiltinContext& c, const Value* a, Value& out) { return c.give(Value::boolean(same(a[0], a[1])), out); }
bool give_not_equal(BuiltinContext& c, const Value* a, Value& out) { return c.give(Value::boolean(!same(a[0], a[1])), out); }
bool give_less(BuiltinContext& c, const Value* a, Value& out) { return c.give(Value::boolean(compare(a[0], a[1]) < 0), out); }
bool give_less_equal(BuiltinContext& c, const Value* a, Value& out) { return c.give(Value::boolean(compare(a[0], a[1]) <= 0), out); }

}  // namespace

TG_RUN(boolean_equal) { return give_equal(c, a, out); }
TG_RUN(integer_equal) { return give_equal(c, a, out); }
TG_RUN(decimal_equal) { return give_equal(c, a, out); }
TG_RUN(text_equal) { return give_equal(c, a, out); }
TG_RUN(money_equal) { return give_equal(c, a, out); }
TG_RUN(currency_equal) { return give_equal(c, a, out); }
TG_RUN(msisdn_equal) { return give_equal(c, a, out); }
TG_RUN(uuid_equal) { return give_equal(c, a, out); }
TG_RUN(url_equal) { return give_equal(c, a, out); }
TG_RUN(bytes_equal) { return give_equal(c, a, out); }
TG_RUN(time_equal) { return give_equal(c, a, out); }
TG_RUN(duration_equal) { return give_equal(c, a, out); }

TG_RUN(boolean_not_equal) { return give_not_equal(c, a, out); }
TG_RUN(integer_not_equal) { return give_not_equal(c, a, out); }
TG_RUN(decimal_not_equal) { return give_not_equal(c, a, out); }
TG_RUN(text_not_equal) { return give_not_equal(c, a, out); }
TG_RUN(money_not_equal) { return give_not_equal(c, a, out); }
TG_RUN(currency_not_equal) { return give_not_equal(c, a, out); }
TG_RUN(msisdn_not_equal) { return give_not_equal(c, a, out); }
TG_RUN(uuid_not_equal) { return give_not_equal(c, a, out); }
TG_RUN(url_not_equal) { return give_not_equal(c, a, out); }
TG_RUN(bytes_not_equal) { return give_not_equal(c, a, out); }
TG_RUN(time_not_equal) { return give_not_equal(c, a, out); }
TG_RUN(duration_not_equal) { return give_not_equal(c, a, out); }

TG_RUN(integer_less) { return give_less(c, a, out); }
TG_RUN(decimal_less) { return give_less(c, a, out); }
TG_RUN(time_less) { return give_less(c, a, out); }
TG_RUN(duration_less) { return give_less(c, a, out); }

TG_RUN(integer_less_equal) { return give_less_equal(c, a, out); }
TG_RUN(decimal_less_equal) { return give_less_equal(c, a, out); }
TG_RUN(time_less_equal) { return give_less_equal(c, a, out); }
TG_RUN(duration_less_equal) { return give_less_equal(c, a, out); }

TG_RUN(boolean_and) { return c.give(Value::boolean(a[0].truth() && a[1].truth()), out); }
TG_RUN(boolean_not) { return c.give(Value::boolean(!a[0].truth()), out); }
TG_RUN(boolean_text) { return c.give(Value::text(a[0].truth() ? "true" : "false"), out); }

}  // namespace tollgate
