// Expressions, shapes and patterns. One notation builds and matches; which of the two is meant, the checker knows.
// Used by the other grammar headers only.
#pragma once

#include "compiler/parse/grammar_lexical.h"

namespace tollgate::grammar {

struct expression;
struct pattern;
struct record;
struct list;
struct shape;
struct unit;
struct an_expression : must<Expected::value, expression> {};
struct a_pattern : must<Expected::pattern, pattern> {};

struct args : node<Kind::args, tok<Tok::lparen>, opt<sor<list, expression>, star<tok<Tok::comma>, sor<list, an_expression>>>,
                   must<Expected::close_paren, tok<Tok::rparen>>> {};
struct named_args : seq<a_name, opt<args>> {};

// --- holes of a string
struct number_args : node<Kind::args, tok<Tok::lparen>, opt<several<sor<number, text>, tok<Tok::comma>>>,
                          must<Expected::hole_end, tok<Tok::rparen>>> {};
struct hole_form : left<Kind::member, tok<Tok::dot>, must<Expected::member_name, any_word>, opt<number_args>> {};
struct hole_path : seq<name, star<hole_form>> {};
struct hole_type;
struct hole_width : node<Kind::hole_width, integer, word<Tok::chars>> {};
struct hole_any : sign<Kind::any_value, Tok::underscore> {};
struct hole_read : must<Expected::type, sor<hole_width, seq<hole_type, opt<hole_width>>>> {};
struct hole_pattern : sor<node<Kind::hole_pattern, sor<hole_any, name>, colon, hole_read>, node<Kind::hole_pattern, hole_any>,
                          node<Kind::hole_pattern, hole_path, colon, hole_width>> {};
struct hole_inside : sor<node<Kind::hole_equals, tok<Tok::equal>, must<Expected::hole_value, hole_path>, opt<hole_width>>, hole_pattern,
                         node<Kind::hole_rest, name, tok<Tok::ellipsis>>, hole_path> {};
struct hole : node<Kind::hole, tok<Tok::hole_open>, must<Expected::hole_value, hole_inside>,
                   must<Expected::hole_end, tok<Tok::hole_close>>> {};

// --- expressions
struct of_callback : must<Expected::of_callback, word<Tok::of>, name, opt<args>> {};
struct url_of : node<Kind::url_of, word<Tok::url>, at<word<Tok::of>>, of_callback> {};
struct bearer_of : node<Kind::bearer_of, word<Tok::bearer>, at<word<Tok::of>>, of_callback> {};
struct header_of : node<Kind::header_of, word<Tok::header>, text> {};
struct call : node<Kind::call, sor<name, codec_name>, args> {};
struct group : node<Kind::group, tok<Tok::lparen>, an_expression, must<Expected::close_paren, tok<Tok::rparen>>> {};
struct primary : sor<literal, url_of, bearer_of, header_of, shape, call, name, type_name, group> {};

struct member : left<Kind::member, soft, tok<Tok::dot>, must<Expected::member_name, any_word>, opt<args>> {};
struct unit : seq<primary, star<member>> {};
struct a_unit : must<Expected::value, unit> {};
struct product : seq<unit, star<sor<left<Kind::multiply, tok<Tok::asterisk>, a_unit>, left<Kind::divide, tok<Tok::slash>, a_unit>>>> {};
struct a_product : must<Expected::value, product> {};
struct sum : seq<product, star<sor<left<Kind::add, soft, tok<Tok::plus>, a_product>,
                                   left<Kind::subtract, soft, tok<Tok::minus>, a_product>>>> {};
struct converted : seq<sum, opt<left<Kind::in_unit, word<Tok::in>, must<Expected::value, sum>>>,
                       opt<left<Kind::rounded_down, word<Tok::rounded>, must<Expected::word_after, word<Tok::down>>>>> {};
struct expression : seq<converted, star<left<Kind::otherwise, soft, word<Tok::else_word>, must<Expected::value, converted>>>> {};

// --- conditions
template <Kind K, Tok T>
using comparison = left<K, tok<T>, must<Expected::value, converted>>;
struct compared : seq<converted, opt<sor<comparison<Kind::equal, Tok::equal>, comparison<Kind::not_equal, Tok::not_equal>,
                                         comparison<Kind::less_equal, Tok::less_equal>,
                                         comparison<Kind::greater_equal, Tok::greater_equal>,
                                         comparison<Kind::less, Tok::less>, comparison<Kind::greater, Tok::greater>>>> {};
struct condition : sor<node<Kind::negated, word<Tok::not_word>, must<Expected::comparison, compared>>, compared> {};
struct conditions : several<must<Expected::comparison, condition>, word<Tok::and_word>> {};
struct guard : node<Kind::guard, word<Tok::when>, conditions> {};

// --- shapes
struct shape_follows : sor<tok_between<kFirstCodec, kLastCodec>, tok<Tok::lbrace, Tok::lbracket, Tok::string_begin, Tok::raw_string>,
                           seq<tok_between<kFirstName, kLastName>, tok<Tok::lparen>>,
                           tok_between<kFirstName, kLastName>> {};
struct first_codec : node<Kind::codec, codec_name, opt<args>> {};
// Further codecs may be of the author's or the library's: they take arguments, or stand right before the record or a codec's word.
struct next_codec : sor<first_codec, node<Kind::codec, name, args, at<shape_follows>>,
                        node<Kind::codec, name, at<sor<tok<Tok::lbrace>, tok_between<kFirstCodec, kLastCodec>>>>> {};
struct root : node<Kind::at, word<Tok::at>, must<Expected::member_name, dotted>> {};
struct codecs : seq<first_codec, star<next_codec>> {};
struct shape_body : sor<record, list, unit> {};
struct shape : node<Kind::shape, codecs, opt<root>, shape_body> {};
// Where nothing but a shape can stand, its body is insisted on.
struct sure_shape : node<Kind::shape, codecs, opt<root>, must<Expected::shape_body, shape_body>> {};
struct a_shape : must<Expected::shape, sure_shape> {};

// --- records
struct label_word : node<Kind::label, tok_between<kFirstWord, kLastWord>> {};
struct qualified_any : node<Kind::label_qualified, any_word, tok<Tok::glued_colon>, label_word> {};
struct label : sor<node<Kind::label_attribute, tok<Tok::at_sign>, must<Expected::label, tok_between<kFirstWord, kLastWord>>>,
                   node<Kind::label_any_namespace, tok<Tok::asterisk>, must<Expected::label, colon, label_word>>, qualified_any,
                   label_word, node<Kind::label_quoted, string>> {};
struct labels : seq<label, star<tok<Tok::slash>, must<Expected::label, label>>> {};
struct optional_mark : sign<Kind::mark_optional, Tok::question> {};
struct field : node<Kind::field, labels, opt<optional_mark>, opt<sor<seq<colon, a_pattern>, record>>> {};
struct spread : node<Kind::spread, tok<Tok::dotdot>, name, opt<args>> {};
struct for_each : node<Kind::for_each, word<Tok::for_word>, name, word<Tok::in>, an_expression, sor<record, an_expression>> {};
struct record : node<Kind::record, braces<Place::record, headed<field_heads, sor<spread, for_each, field>>>> {};
struct rest : sign<Kind::rest, Tok::dotdot> {};
struct list : node<Kind::list, block<Place::list, headed<field_heads, sor<spread, rest, for_each, pattern>>, Tok::lbracket, Tok::rbracket>> {};

// --- patterns
struct null_value : sign<Kind::null_value, Tok::null> {};
struct form : node<Kind::form, soft, tok<Tok::dot>, must<Expected::member_name, any_word>, opt<args>> {};
struct absent_value : sor<null_value, literal> {};
// A comma goes on with the list only when no label follows: `Text unless "a", "b" as x, label: …`.
struct unless : node<Kind::unless, word<Tok::unless>, must<Expected::value, absent_value>,
                     star<sor<seq<tok<Tok::bar>, must<Expected::value, absent_value>>,
                              seq<tok<Tok::comma>, absent_value, not_at<tok<Tok::colon, Tok::glued_colon, Tok::question>>>>>> {};
struct type_pattern : node<Kind::type_pattern, type_name, not_at<tok<Tok::lparen>>, star<form>, opt<optional_mark>, opt<unless>> {};
struct hole_type : node<Kind::type_pattern, type_name, star<form>, opt<optional_mark>> {};
struct equals : node<Kind::equals, tok<Tok::equal>, an_expression> {};
struct one_pattern : sor<record, list, sign<Kind::missing_value, Tok::missing>, null_value, sign<Kind::any_value, Tok::underscore>,
                         sign<Kind::other_value, Tok::other>, equals, type_pattern,
                         seq<expression, opt<left<Kind::range, tok<Tok::dotdot>, must<Expected::value, literal>>>>> {};
struct pattern : seq<one_pattern,
                     opt<left<Kind::alternatives, plus<soft, tok<Tok::bar>, must<Expected::pattern, one_pattern>>>>,
                     opt<left<Kind::bind, word<Tok::as>, a_name>>> {};

// What an answer's body must look like, and the name its bytes get.
struct bound_shape : seq<sure_shape, opt<left<Kind::bind, word<Tok::as>, a_name>>> {};
struct body_match : sor<bound_shape, seq<sign<Kind::mark_empty, Tok::empty>, not_at<tok<Tok::lparen>>>> {};
struct body_built : sor<sure_shape, sign<Kind::mark_empty, Tok::empty>> {};

}  // namespace tollgate::grammar
