// Members of a carrier, declarations of a file, tests. Used by grammar.cpp only.
#pragma once

#include "compiler/parse/grammar_statement.h"

namespace tollgate::grammar {

// --- settings and facts
struct setting_value : node<Kind::setting_value, tok<Tok::assign>, must<Expected::value, sor<list, expression>>> {};
struct setting : node<Kind::setting, any_word, opt<colon, a_type>, opt<setting_value>> {};
struct settings : node<Kind::settings, word<Tok::settings>, must_braces<Place::settings, headed<field_heads, setting>>> {};
struct typed_field : node<Kind::typed_field, any_word, a_colon, a_type, opt<setting_value>> {};
struct typed_fields : braces<Place::fields, headed<field_heads, typed_field>> {};
struct fact : node<Kind::fact, any_word, must<Expected::fact_value, sor<date, type_name, literal, name>>> {};
struct market_name : must<Expected::market_name, type_name> {};
struct market : node<Kind::market, word<Tok::market>, type_name, braces<Place::market, headed<statement_heads, fact>>> {};
// `document momo = "MTN MoMo Open API" { version "1.0", dated 2024-05-01 }`: what citations name.
struct document : node<Kind::document, word<Tok::document>, a_name, an_assign, a_text, opt_braces<Place::document, fact>> {};
// `budget charge { requests 4, wait 30min, memory 512KiB }`: what the cost of a procedure may not be above.
struct budget : node<Kind::budget, word<Tok::budget>, opt<name>, must_braces<Place::budget, headed<statement_heads, fact>>> {};
struct version : node<Kind::version, word<Tok::version>, a_text> {};
struct market_use : node<Kind::market_use, word<Tok::market>, market_name> {};
struct namespace_decl : node<Kind::namespace_decl, word<Tok::namespace_word>, a_name, an_assign, a_text> {};

// --- links and who is calling
struct limit : node<Kind::limit, word<Tok::limit>, an_expression, must<Expected::limit_unit, word<Tok::per>, any_word>> {};
struct closed : node<Kind::closed, word<Tok::closed>, must<Expected::value, leaf<Kind::clock_time, Tok::clock_time>>,
                     must<Expected::value, tok<Tok::dotdot>>, must<Expected::value, leaf<Kind::clock_time, Tok::clock_time>>,
                     opt<text>> {};
template <Kind K, Tok T>
using limited = node<K, word<T>, must<Expected::within, word<Tok::within>>, an_expression>;
struct tls_certificate : node<Kind::tls_certificate, word<Tok::certificate>, an_expression, must<Expected::word_after, word<Tok::key>>, an_expression> {};
struct tls_authority : node<Kind::tls_authority, word<Tok::authority>, an_expression> {};
struct link_item : sor<limited<Kind::connect_within, Tok::connect>, limited<Kind::answer_within, Tok::answer>, limit, header, with, tls_certificate, tls_authority,
                       node<Kind::charset, word<Tok::charset>, must<Expected::name, sor<name, type_name, text>>>, closed, arm> {};
struct link : node<Kind::link, word<Tok::link>, a_name, an_assign, must<Expected::transport, call>,
                   opt_braces<Place::link, headed<statement_heads, link_item>>> {};
struct session : node<Kind::session, word<Tok::session>, a_name, opt<params>, statements> {};

template <Kind K, Tok T>
using added = node<K, word<T>, must<Expected::label, sor<any_word, string>>, a_colon, an_expression>;
struct auth_query : node<Kind::auth_query, word<Tok::query>, must<Expected::label, sor<any_word, string>>, a_colon, an_expression, opt<exposing>> {};
struct auth_item : sor<let, header, auth_query, added<Kind::auth_body, Tok::body>> {};
struct auth : node<Kind::auth, word<Tok::auth>, a_name, opt<params>, must_braces<Place::auth, headed<statement_heads, auth_item>>> {};
struct proof_needed : node<Kind::need, word<Tok::need>, needed> {};
struct verify_decl : node<Kind::verify_decl, word<Tok::verify>, a_name, opt<params>,
                          must_braces<Place::verify, headed<statement_heads, sor<let, proof_needed>>>> {};

// --- readings
struct about : node<Kind::about, word<Tok::about>, a_name> {};
struct reading_shape : node<Kind::reading_shape, codecs, opt<root>> {};
struct reading : node<Kind::reading, word<Tok::reading>, a_name, opt<about>,
                      must<Expected::reading_of, colon, sor<reading_shape, type>>,
                      opt<node<Kind::reading_result, tok<Tok::result_arrow>, a_type>>, rows> {};

// --- procedures
struct procedure : node<Kind::procedure, word<Tok::procedure>, a_name, opt<params>, statements> {};
struct schedule : node<Kind::schedule, word<Tok::every>, a_duration, star<tok<Tok::comma>, a_duration>> {};
struct enquiry : node<Kind::enquiry, word<Tok::enquiry>, a_name, opt<params>, opt<about>, opt<schedule>, statements> {};

// --- what the carrier calls
struct verifier : node<Kind::verifier, must<Expected::verifier, name>, opt<args>> {};
struct proves : node<Kind::proves, soft, word<Tok::proves>, reasons> {};
struct verify_nothing : seq<sign<Kind::mark_verify_nothing, Tok::nothing>, not_at<tok<Tok::lparen>>> {};
struct verify : node<Kind::verify, word<Tok::verify>, sor<verify_nothing, several<verifier, word<Tok::and_word>>>, opt<proves>,
                     reasons> {};
struct answer : node<Kind::answer, word<Tok::answer>, a_status, opt<body_built>> {};
struct refused_answer : node<Kind::refused_answer, word<Tok::refused>, must<Expected::word_after, word<Tok::answer>>, a_status,
                             opt<body_built>> {};
struct redelivers_never : node<Kind::mark_redelivers_never, word<Tok::redelivers>, word<Tok::never>> {};
struct redelivers_times : node<Kind::redelivers, word<Tok::redelivers>, must<Expected::redelivers, integer, word<Tok::times>>, opt<within>> {};
struct endpoint_item : sor<verify, answer, refused_answer, redelivers_never, redelivers_times, header> {};
struct method : leaf<Kind::method, Tok::upper> {};
struct endpoint : node<Kind::endpoint, word<Tok::endpoint>, a_name, an_assign, must<Expected::transport, name>,
                       must<Expected::method, method>, star<tok<Tok::bar>, must<Expected::method, method>>,
                       must_braces<Place::endpoint, headed<statement_heads, endpoint_item>>> {};
// `opens charge { user: … } { … }`: a first block is the record only when a second one follows.
struct opens : node<Kind::opens, word<Tok::opens>, a_name, opt<record, at<tok<Tok::lbrace, Tok::on, Tok::about>>>> {};
struct on_endpoint : node<Kind::on_endpoint, word<Tok::on>, a_name> {};
struct read_rows : node<Kind::read_rows, word<Tok::read>, reading_shape, rows> {};
struct read : node<Kind::read, word<Tok::read>, must<Expected::rows, name>> {};
struct callback_item : sor<node<Kind::match, word<Tok::match>, a_shape>, read_rows, read, answer, arm> {};
struct callback : node<Kind::callback, word<Tok::callback>, a_name, opt<params>, star<sor<about, on_endpoint, opens>>,
                       must_braces<Place::callback, headed<statement_heads, callback_item>>> {};

struct shape_decl : node<Kind::shape_decl, word<Tok::shape>, a_name, opt<params>, an_assign, a_pattern> {};

// --- families and carriers
struct member_item : sor<settings, market_use, version, document, budget, namespace_decl, link, session, auth, verify_decl, reading, procedure, enquiry,
                         endpoint, callback, shape_decl, let> {};
// `cites` lines before the first member speak of the whole family; later ones are heads of what follows.
struct own_citations : star<node<Kind::cites, citation>, plus<separator>> {};
template <class Item>
struct carrier_block : must_braces<Place::carrier, headed<member_heads, Item>, own_citations> {};
struct is_family : opt<word<Tok::is>, must<Expected::path, dotted>> {};
struct family : node<Kind::family, word<Tok::family>, a_name, is_family, carrier_block<member_item>> {};
struct carrier : node<Kind::carrier, word<Tok::carrier>, a_name, is_family, carrier_block<member_item>> {};

// --- the unified model
struct record_decl : node<Kind::record_decl, word<Tok::record>, must<Expected::name, sor<name, type_name>>,
                          must<Expected::open_brace, typed_fields>> {};
struct about_payment : node<Kind::mark_about_payment, word<Tok::about>, word<Tok::payment>> {};
struct about_call : node<Kind::mark_about_call, word<Tok::about>, word<Tok::call>> {};
struct reason_kind : must<Expected::reason_kind, sor<sign<Kind::mark_declined, Tok::declined>, sign<Kind::mark_failed, Tok::failed>>> {};
struct reason_decl : node<Kind::reason_decl, word<Tok::reason>, a_name, reason_kind,
                          opt<at<word<Tok::about>>, must<Expected::about_what, sor<about_payment, about_call>>>> {};
struct moves_out : node<Kind::mark_moves_out, word<Tok::moves>, word<Tok::money_word>, word<Tok::out>> {};
struct moves_back : node<Kind::mark_moves_back, word<Tok::moves>, word<Tok::money_word>, word<Tok::back>> {};
struct moves : seq<at<word<Tok::moves>>, must<Expected::money_moves, sor<moves_out, moves_back>>> {};
struct action_decl : node<Kind::action_decl, word<Tok::action>, a_name, opt<moves>, opt<typed_fields>> {};

// --- tests
struct start : node<Kind::start, word<Tok::start>, a_name, opt<record>> {};
struct given : node<Kind::given, word<Tok::given>, a_name> {};
struct given_settings : node<Kind::given, settings> {};
struct expect_request : node<Kind::expect_request, word<Tok::expect>, leaf<Kind::method, Tok::upper>,
                             must<Expected::send_path, text>, star<header_match>, opt<body_match>> {};
struct expect_none : node<Kind::expect_none, word<Tok::expect>, word<Tok::none_word>> {};
struct expect_outcome : node<Kind::expect_outcome, word<Tok::expect>, must<Expected::expectation, outcome>> {};
struct reply : node<Kind::reply, word<Tok::reply>, a_status, star<header>, opt<body_built>> {};
struct lose_request : node<Kind::lose_request, word<Tok::lose>, word<Tok::request>> {};
struct lose_reply : node<Kind::lose_reply, word<Tok::lose>, must<Expected::lost, word<Tok::reply>>> {};
// `forge callback …`: the same message with a wrong proof of who sent it.
struct test_callback : node<Kind::test_callback, opt<word<Tok::forge>>, word<Tok::callback>, named_args, opt<body_built>> {};
struct test_input : node<Kind::test_input, word<Tok::input>, a_name, opt<colon>, an_expression> {};
struct cut : node<Kind::cut, word<Tok::cut>, must<Expected::cut_at, word<Tok::at>, leaf<Kind::size, Tok::size>>> {};
struct refuse_connection : node<Kind::refuse_connection, word<Tok::refuse>, must<Expected::word_after, word<Tok::connection>>> {};
struct recorded : node<Kind::recorded, word<Tok::recorded>, a_text> {};
struct moment : sor<start, given, given_settings, expect_request, expect_none, expect_outcome, reply, lose_request, lose_reply,
                    cut, refuse_connection, recorded,
                    test_callback, test_input, sign<Kind::restart, Tok::restart>, sign<Kind::twice, Tok::twice>,
                    node<Kind::slow, word<Tok::slow>, a_duration>> {};
struct after : node<Kind::after, word<Tok::after>, a_duration, opt<moment>> {};
struct for_carrier : must<Expected::carrier_of_test, word<Tok::for_word>, name> {};
struct with_restarts : opt<node<Kind::mark_with_restarts, word<Tok::with>, word<Tok::restarts>>> {};
struct test : node<Kind::test, word<Tok::test>, a_text, for_carrier, with_restarts,
                   must_braces<Place::test, headed<statement_heads, sor<after, moment>>>> {};
// `table "…" for X (code: Text) { steps, then rows }`: the steps once for each row, and the row's outcome.
struct test_row : node<Kind::test_row, sor<args, several<literal, seq<soft, tok<Tok::bar>>>>, soft, must<Expected::arrow, tok<Tok::arrow>>,
                       must<Expected::expectation, node<Kind::expect_outcome, outcome>>> {};
struct table_test : node<Kind::table_test, word<Tok::table>, a_text, for_carrier, must<Expected::table_params, params>, with_restarts,
                         must_braces<Place::table, headed<statement_heads, sor<after, moment, test_row>>>> {};
struct any_faults : node<Kind::any_faults, word<Tok::any>, word<Tok::faults>, must<Expected::how_many, args>> {};
struct any_start : node<Kind::any_start, word<Tok::any>, a_name> {};
struct property_runs : node<Kind::property_runs, word<Tok::runs>, must<Expected::how_many, integer>> {};
struct always : node<Kind::always, word<Tok::always>, conditions> {};
struct property : node<Kind::property, word<Tok::property>, a_text, for_carrier,
                       must_braces<Place::property, headed<statement_heads, sor<any_faults, any_start, property_runs, given, given_settings, always>>>> {};
struct fixture : node<Kind::fixture, word<Tok::fixture>, a_name, must<Expected::open_brace, record>> {};

// --- files
struct edition : node<Kind::edition, word<Tok::edition>, must<Expected::edition_number, integer>> {};
struct used : seq<colon, star<newline>, several<a_name, seq<tok<Tok::comma>, star<newline>>>> {};
struct use : node<Kind::use, word<Tok::use>, must<Expected::path, dotted>, must<Expected::used_names, used>> {};
struct declaration : sor<family, carrier, market, namespace_decl, document, auth, verify_decl, reading, shape_decl, let, record_decl,
                         reason_decl, action_decl, test, table_test, property, fixture> {};
struct file_item : sor<edition, use, headed<member_heads, declaration>> {};
struct file : node<Kind::file, star<separator>,
                   star<not_at<end_of_input>, guarded<Place::file, file_item>, item_end<Place::file, end_of_input>,
                        star<separator>>> {};

}  // namespace tollgate::grammar
