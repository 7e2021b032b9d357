// Names, texts and the other leaves. Used by the other grammar headers only.
#pragma once

#include "compiler/parse/grammar_combinators.h"

namespace tollgate::grammar {

// One word of the language, spelled as its token.
template <Tok T>
using word = tok<T>;

// A leaf node over one token.
template <Kind K, Tok... T>
using leaf = node<K, tok<T...>>;

// A word that is nothing but a fact: `pending`, `late`.
template <Kind K, Tok T>
using sign = node<K, tok<T>>;

struct name : node<Kind::name, tok_between<kFirstName, kLastName>> {};
struct type_name : leaf<Kind::type_name, Tok::upper> {};
// After a dot, as a fact or a setting: any word, because nothing else can stand there.
struct any_word : node<Kind::name, tok_between<kFirstWord, kLastWord>> {};
struct codec_name : node<Kind::name, tok_between<kFirstCodec, kLastCodec>> {};
struct a_name : must<Expected::name, name> {};

using colon = tok<Tok::colon, Tok::glued_colon>;
struct a_colon : must<Expected::colon, colon> {};
struct an_assign : must<Expected::assign, tok<Tok::assign>> {};

struct hole;
struct string
    : node<Kind::string, tok<Tok::string_begin>,
           star<sor<leaf<Kind::string_text, Tok::string_text>, leaf<Kind::string_escape, Tok::string_escape>, hole>>,
           must<Expected::text, tok<Tok::string_end>>> {};
struct raw_string : leaf<Kind::raw_string, Tok::raw_string> {};
struct text : sor<string, raw_string> {};
struct a_text : must<Expected::text, text> {};

struct integer : leaf<Kind::integer, Tok::integer> {};
struct duration : leaf<Kind::duration, Tok::duration> {};
struct a_duration : must<Expected::duration, duration> {};
struct number : sor<integer, leaf<Kind::hex_int, Tok::hex_int>, leaf<Kind::decimal, Tok::decimal>> {};
struct literal : sor<text, number, duration, leaf<Kind::size, Tok::size>, leaf<Kind::money, Tok::money>,
                     leaf<Kind::msisdn, Tok::msisdn>, leaf<Kind::clock_time, Tok::clock_time>,
                     sign<Kind::true_value, Tok::true_word>, sign<Kind::false_value, Tok::false_word>> {};

// one, one, … with separators that are no line breaks
template <class R, class Separator>
struct several : seq<R, star<Separator, R>> {};

// a.b.c of any words
struct dotted : node<Kind::path, any_word, star<tok<Tok::dot>, must<Expected::member_name, any_word>>> {};

// --- types: `Map<Text, List<Int>>` is as deep as a type may be; unlike brackets, `<` has no limit in the lexer.
struct optional_type : left<Kind::type_optional, tok<Tok::question>> {};
template <int Depth>
struct type_within : seq<node<Kind::type, type_name,
                              opt<tok<Tok::less>, must<Expected::type, type_within<Depth - 1>>,
                                  star<tok<Tok::comma>, must<Expected::type, type_within<Depth - 1>>>,
                                  must<Expected::type, tok<Tok::greater>>>>,
                         opt<optional_type>> {};
template <>
struct type_within<0> : seq<node<Kind::type, type_name>, opt<optional_type>> {};
struct type : sor<node<Kind::type_many, word<Tok::many>, must<Expected::type, type_within<kTypeDepthMax>>>,
                  type_within<kTypeDepthMax>> {};
struct a_type : must<Expected::type, type> {};

struct param : sor<node<Kind::url_param, word<Tok::url>, name, opt<colon, a_type>>, node<Kind::param, name, opt<colon, a_type>>> {};
struct params : node<Kind::params, tok<Tok::lparen>, opt<param, star<tok<Tok::comma>, must<Expected::name, param>>>,
                     must<Expected::close_paren, tok<Tok::rparen>>> {};

// --- heads
struct because : node<Kind::because, soft, word<Tok::because>, a_text> {};
struct date : leaf<Kind::date, Tok::date> {};
struct a_date : must<Expected::date, date> {};
// `cites momo "errors, 409" version "1.0" dated 2024-05-01 unconfirmed`: a declared document, or the text alone.
struct citation : seq<word<Tok::cites>, opt<name>, a_text, opt<node<Kind::version, word<Tok::version>, a_text>>,
                      opt<node<Kind::dated, word<Tok::dated>, a_date>>, opt<sign<Kind::mark_unconfirmed, Tok::unconfirmed>>> {};
struct cites : node<Kind::cites, soft, citation> {};
struct reasons : star<sor<because, cites>> {};

struct doc_head : seq<leaf<Kind::doc, Tok::doc>, star<newline>> {};
struct cites_head : seq<node<Kind::cites, citation>, plus<newline>> {};
// `allow CR0901 because "…" until 2027-03-01`: of what follows, this warning is known.
struct allow_head : seq<at<tok<Tok::allow>, tok<Tok::upper>>, node<Kind::allow, word<Tok::allow>, type_name, opt<because>,
                             must<Expected::until, word<Tok::until>>, a_date>, plus<newline>> {};
struct deprecated_head : seq<node<Kind::deprecated, word<Tok::deprecated>, text>, plus<newline>> {};
struct mark_head : seq<sor<sign<Kind::mark_private, Tok::private_word>, sign<Kind::mark_open, Tok::open>,
                           sign<Kind::mark_replace, Tok::replace>, sign<Kind::mark_extend, Tok::extend>>,
                       at<tok_between<kFirstWord, kLastWord>>> {};
// Before a declaration or member, before a statement or row, before a field.
struct member_heads : sor<doc_head, cites_head, deprecated_head, allow_head, mark_head> {};
struct statement_heads : sor<doc_head, cites_head, deprecated_head, allow_head> {};
struct field_heads : sor<doc_head, deprecated_head, allow_head> {};

}  // namespace tollgate::grammar
