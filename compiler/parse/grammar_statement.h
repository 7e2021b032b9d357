// Targets, arms and statements. Used by grammar.cpp only.
#pragma once

#include "compiler/parse/grammar_expression.h"

namespace tollgate::grammar {

struct within : node<Kind::within, soft, word<Tok::within>, an_expression> {};
struct header : node<Kind::header, word<Tok::header>, must<Expected::text, sor<text, name>>, a_colon, an_expression> {};
struct with : node<Kind::with, word<Tok::with>, several<named_args, word<Tok::and_word>>> {};
struct status : leaf<Kind::status, Tok::integer> {};
struct a_status : must<Expected::status, status> {};
struct status_range : node<Kind::status_range, integer, tok<Tok::dotdot>, must<Expected::status, integer>> {};
struct statuses : several<must<Expected::status, sor<status_range, status>>, seq<soft, tok<Tok::bar>>> {};

// --- targets
struct await_input : node<Kind::await_input, word<Tok::input>, name, a_colon, a_type> {};
struct await_source : sor<await_input, node<Kind::await_source, named_args>> {};
struct awaited : seq<word<Tok::await>, several<await_source, seq<soft, word<Tok::or_word>>>, opt<within>> {};

struct outcome : sor<node<Kind::to_succeeded, word<Tok::succeeded>, opt<record>>,
                     node<Kind::to_declined, word<Tok::declined>, a_name, opt<record>>,
                     node<Kind::to_failed, word<Tok::failed>, a_name, opt<record>>, sign<Kind::to_pending, Tok::pending>,
                     sign<Kind::to_in_doubt, Tok::in_doubt>, sign<Kind::to_manual, Tok::manual>> {};
struct absent : node<Kind::to_absent, word<Tok::absent>, opt<word<Tok::after>, a_duration>> {};
struct again : node<Kind::to_again, word<Tok::again>, named_args,
                    must<Expected::at_most, word<Tok::at>, word<Tok::most>, integer>> {};
struct ask : node<Kind::to_ask, word<Tok::ask>, named_args, opt<within>> {};
struct to_await : node<Kind::to_await, awaited> {};
struct settlement : node<Kind::to_settlement, word<Tok::settlement>, a_name> {};
struct to_read : node<Kind::to_read, word<Tok::read>, name> {};
struct to_answer : node<Kind::to_answer, word<Tok::answer>, a_status, opt<body_built>> {};
struct arm;
struct decide : node<Kind::to_decide, word<Tok::decide>, a_name, opt<record>, opt<within>,
                     must_braces<Place::decide, headed<statement_heads, arm>>> {};
struct table : node<Kind::to_table, name, args,
                    not_at<tok<Tok::dot, Tok::plus, Tok::minus, Tok::asterisk, Tok::slash, Tok::lasting, Tok::else_word, Tok::in>>,
                    not_at<soft, tok<Tok::lasting, Tok::else_word, Tok::plus, Tok::minus, Tok::dot>>> {};
struct to_value : node<Kind::to_value, expression, opt<node<Kind::lasting, word<Tok::lasting>, an_expression>>> {};
struct first_target : sor<outcome, absent, node<Kind::to_renew, word<Tok::renew>, named_args>,
                          node<Kind::to_step, word<Tok::then>, named_args>, again, ask, to_await, settlement, to_read, to_answer,
                          decide, sign<Kind::to_ignore, Tok::ignore>, table, to_value> {};
struct next_target : sor<outcome, absent, again, ask, to_await, settlement, to_read, decide, node<Kind::to_step, named_args>> {};
struct target : node<Kind::target, first_target, star<soft, word<Tok::then>, must<Expected::target, next_target>>, reasons> {};
// `=>` may begin the next line, and the target the one after it, unless that line is plainly another statement.
struct next_statement : tok<Tok::on, Tok::send, Tok::let, Tok::keep, Tok::each, Tok::end, Tok::step, Tok::rbrace> {};
struct leads_to : seq<soft, must<Expected::arrow, tok<Tok::arrow>>, opt<plus<newline>, not_at<next_statement>>,
                      must<Expected::target, target>> {};

// --- rows of a reading
struct row : node<Kind::row, pattern, opt<guard>, leads_to> {};
struct rows : must_braces<Place::rows, headed<statement_heads, row>> {};

// --- arms
struct on_name : node<Kind::on_name, name, opt<args>, opt<literal>> {};
struct arm_condition : sor<status_range, status, sign<Kind::on_repeat, Tok::repeat>, sign<Kind::on_doubt, Tok::doubt>,
                           sign<Kind::on_other, Tok::other>, sign<Kind::on_late, Tok::late>, on_name> {};
struct header_match : node<Kind::header_match, word<Tok::header>, a_text, a_colon, a_pattern> {};
struct by : node<Kind::by, word<Tok::by>, must<Expected::name, dotted>, rows> {};
struct decision : sor<by, seq<opt<guard>, leads_to>> {};
struct arm : node<Kind::arm, word<Tok::on>, several<must<Expected::condition, arm_condition>, seq<soft, tok<Tok::bar>>>,
                  star<header_match>, opt<body_match>, decision> {};
// Of which answers: without a status, of 200.
struct of_statuses : opt<at<tok<Tok::integer>>, statuses> {};
struct each_arm : node<Kind::each_arm, word<Tok::each>, of_statuses, must<Expected::shape, bound_shape>, decision> {};
struct end_arm : node<Kind::end_arm, word<Tok::end>, of_statuses, opt<bound_shape>, leads_to> {};

// --- statements
struct let : node<Kind::let, word<Tok::let>, a_name, an_assign, an_expression> {};
struct keep : node<Kind::keep, word<Tok::keep>, a_name, an_assign, an_expression> {};
struct needed : node<Kind::guard, conditions> {};
struct need : node<Kind::need, word<Tok::need>, needed, soft, must<Expected::word_after, word<Tok::else_word>>,
                   must<Expected::target, target>> {};
struct show_url : node<Kind::show_url, word<Tok::show>, must<Expected::word_after, word<Tok::url>>, an_expression> {};
struct tell_user : node<Kind::tell_user, word<Tok::tell>, must<Expected::word_after, word<Tok::user>>, an_expression> {};
struct await_statement : node<Kind::await, awaited> {};

struct repeat_answers : seq<word<Tok::repeat>, must<Expected::repeat_answers, word<Tok::answers>,
                            sor<sign<Kind::mark_repeat_original, Tok::original>, node<Kind::repeat_answers, statuses>>>> {};
struct once_per : node<Kind::once_per, word<Tok::once>,
                       must<Expected::once_per, word<Tok::per>, name, word<Tok::for_word>, duration>, opt<repeat_answers>,
                       reasons> {};
struct priced_by : node<Kind::priced_by, word<Tok::priced>, must<Expected::priced_by, word<Tok::by>>, an_expression, reasons> {};
struct exposing : node<Kind::exposing, word<Tok::exposing>, an_expression, reasons> {};
struct send_part : sor<once_per, priced_by, header, exposing, sure_shape> {};
struct send : node<Kind::send, word<Tok::send>, a_name, must<Expected::method, leaf<Kind::method, Tok::upper>>,
                   must<Expected::send_path, text>, opt<with>, opt_braces<Place::send, send_part>> {};

struct statement;
struct statements : must_braces<Place::statements, headed<statement_heads, statement>> {};
struct step : node<Kind::step, word<Tok::step>, a_name, opt<params>, statements> {};
struct statement : sor<let, keep, need, show_url, tell_user, send, await_statement, arm, each_arm, end_arm, step> {};

}  // namespace tollgate::grammar
