// The library's auth and verify, run on the VM as a deployment runs them, against published vectors.
#include <catch2/catch.hpp>
#include <map>

#include "peer/proof.h"
#include "peer/test_keys.h"
#include "runtime/codecs/codecs.h"
#include "runtime/catalog/catalog.h"
#include "runtime/crypto/digest.h"
#include "runtime/engine/deployment.h"
#include "runtime/value/codec.h"
#include "runtime/value/time_format.h"
#include "runtime/vm/vm.h"
#include "tollgate/compiler.h"

using namespace tollgate;

namespace {

using Settings = std::map<std::string, std::string>;
using Headers = std::vector<std::pair<std::string, std::string>>;

// A clock that stands still and a chance that is given.
class FixedHost final : public Host {
 public:
  FixedHost(std::string_view at, std::string chance) : now_us_(*parse_rfc3339(at)), chance_(std::move(chance)) {}
  int64_t now_us() override { return now_us_; }
  void random_bytes(uint8_t* out, size_t n) override {
    for (size_t i = 0; i < n; ++i) out[i] = at_ < chance_.size() ? static_cast<uint8_t>(chance_[at_++]) : static_cast<uint8_t>(i);
  }
  int64_t next_counter(Index) override { return 1; }
  std::string mint_url(const Module&, Index, std::string_view) override { return {}; }
  std::string mint_bearer(const Module&, Index, std::string_view) override { return {}; }

 private:
  int64_t now_us_;
  std::string chance_;
  size_t at_ = 0;
};

std::shared_ptr<const Program> program_of(const std::string& source) {
  Compilation compiled = compile({{"test.carrier", source}});
  INFO(compiled.diagnostics(Rendering::terminal));
  REQUIRE(compiled.ok());
  auto program = Program::load(compiled.carriers()[0].bytes);
  if (!program.ok()) FAIL(program.error().message);
  return *program;
}

std::unique_ptr<Deployment> deployed(std::shared_ptr<const Program> program, Settings settings) {
  settings.emplace("base", "https://example.com");
  auto made = deploy(std::move(program), settings);
  if (!made.ok()) FAIL(made.error().message);
  return std::move(*made);
}

struct Message {
  std::string method = "POST", path = "/", query, body, host = "example.com", type = "application/json";
  Headers headers;
  std::string at = "2026-01-02T03:04:05Z", chance;
  RequestView view() const { return {method, path, query, body, host, "https", type, headers}; }
};

struct Signed {
  std::map<std::string, std::string> headers;
  Headers query;
};

// A carrier whose one request is signed `with`; `more` are further declarations.
std::string carrier_with(const std::string& uses, const std::string& more, const std::string& settings, const std::string& with) {
  return "edition 1\n" + uses + more + "carrier c {\n  market KE\n  settings {\n    base: Url\n" + settings +
         "  }\n  link api = http(settings.base)\n  procedure charge {\n    keep ref = uuid()\n    send api POST \"/x\" with " + with +
         " {\n      json { id: ref, amount: amount.decimal.text }\n    }\n    on 200 json { state: \"NO\" } => declined refused\n"
         "    on doubt => manual because \"no enquiry\"\n  }\n}\n";
}

Signed sign(const std::string& source, const Settings& settings, const Message& message) {
  auto d = deployed(program_of(source), settings);
  const RequestView view = message.view();
  Frame frame;
  frame.settings = d->settings;
  frame.request = &view;
  FixedHost host(message.at, message.chance);
  Arena arena;
  const SliceEnd end = run_slice(*d->program, d->module().exchanges[0].auth, frame, host, arena);
  INFO(end.why);
  REQUIRE(end.effect == SliceEnd::Effect::target);
  Signed out;
  for (const HeaderOut& h : end.headers) out.headers[std::string(h.name)] = h.value;
  for (const HeaderOut& q : end.query) out.query.emplace_back(q.name, q.value);
  return out;
}

Signed sign_std(const std::string& name, const std::string& parameters, const std::string& declared, const Settings& settings, const Message& message) {
  return sign(carrier_with("use std.auth: " + name + "\n", "", declared, name + parameters), settings, message);
}

std::string carrier_verifying(const std::string& uses, const std::string& more, const std::string& settings, const std::string& verify) {
  return "edition 1\n" + uses + more + "carrier c {\n  market KE\n  settings {\n    base: Url\n" + settings +
         "  }\n  link api = http(settings.base)\n  endpoint hooks = http POST | GET {\n    verify " + verify +
         "\n    answer 200\n  }\n  procedure charge {\n    keep ref = uuid()\n    send api POST \"/x\" {\n      json { id: ref, amount: amount.decimal.text, to: url of paid(ref) }\n    }\n"
         "    on 202 => await paid(ref) within 10min\n    on doubt => await paid(ref) within 24h then manual because \"no enquiry\"\n  }\n"
         "  callback paid(url ref) about charge on hooks {\n    read json { { state: \"NO\" } => declined refused }\n  }\n}\n";
}

bool holds(const Deployment& d, const Message& message) {
  const RequestView view = message.view();
  Frame frame;
  frame.settings = d.settings;
  frame.request = &view;
  FixedHost host(message.at, "");
  Arena arena;
  return run_slice(*d.program, d.module().endpoints[0].verify[0].slice, frame, host, arena).effect == SliceEnd::Effect::target;
}

std::unique_ptr<Deployment> verifying(const std::string& name, const std::string& parameters, const std::string& declared, const Settings& settings) {
  return deployed(program_of(carrier_verifying("use std.verify: " + name + "\n", "", declared, name + parameters)), settings);
}

std::string sha256_hex(std::string_view text) {
  Digest sum;
  REQUIRE(digest(HashKind::sha256, text, sum));
  return encode_hex(sum.view());
}

std::string mac_base64(HashKind hash, std::string_view key, std::string_view text) {
  Digest sum;
  REQUIRE(hmac(hash, key, text, sum));
  return encode_base64(sum.view());
}

std::string between(const std::string& text, const std::string& from, const std::string& upto) {
  const size_t at = text.find(from);
  if (at == std::string::npos) return "";
  const size_t start = at + from.size();
  return text.substr(start, text.find(upto, start) - start);
}

}  // namespace

TEST_CASE("RFC 7617: Aladdin") {
  const auto made = sign(carrier_with("use std.http: basic\n", "", "    user: Text\n    password: Secret\n", "basic(settings.user, settings.password)"),
                         {{"user", "Aladdin"}, {"password", "open sesame"}}, {});
  CHECK(made.headers.at("Authorization") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST_CASE("values alone, sorted by name: the vector of pay:smart") {
  Message m;
  m.method = "GET";
  m.query = "order=11&channel=wap";
  const auto made = sign_std("hmac_values", "(\"X-Digest\", settings.key, \"\")", "    key: Secret\n", {{"key", "pwd"}}, m);
  CHECK(made.headers.at("X-Digest") == "242e508b7f472dd828ffa84b84b3ccd924b5f4d4d25157ac46cc3f736069a769");
}

TEST_CASE("the fields that the signer names") {
  Message m;
  m.body = R"({"utilityref":"12345","transid":"T1","amount":5000})";
  m.at = "2026-01-02T00:04:05Z";
  const auto made = sign_std("signed_fields", "(\"SELCOM\", settings.key, settings.secret, \"Africa/Dar_es_Salaam\")", "    key: Text\n    secret: Secret\n",
                             {{"key", "api"}, {"secret", "sk"}}, m);
  CHECK(made.headers.at("Timestamp") == "2026-01-02T03:04:05+03:00");
  CHECK(made.headers.at("Signed-Fields") == "utilityref,transid,amount");
  CHECK(made.headers.at("Digest") == "FkVZfKy2DJ/J8N30lm/dMn5whA8KeU7By567mxab3rY=");
  CHECK(made.headers.at("Authorization") == "SELCOM YXBp");
}

TEST_CASE("an ordered list of fields, one of them not sent") {
  const std::string more = "auth momo(access: Text, secret: Secret) {\n  let fields = request.fields.with(\"accessKey\", access)\n"
                           "  let ordered = fields.only(\"accessKey,amount,extraData,ipnUrl,orderId,orderInfo,partnerCode,redirectUrl,requestId,requestType\")\n"
                           "  header \"X-Signature\": hmac_sha256(secret, ordered.join(\"=\", \"&\")).hex\n}\n";
  Message m;
  m.body = R"({"partnerCode":"P1","requestId":"R1","amount":"50000","orderId":"O1","orderInfo":"pay","redirectUrl":"https://m.example/r","ipnUrl":"https://m.example/ipn","extraData":"","requestType":"captureWallet"})";
  const auto made = sign(carrier_with("", more, "    access: Text\n    secret: Secret\n", "momo(settings.access, settings.secret)"), {{"access", "AK"}, {"secret", "sk"}}, m);
  CHECK(made.headers.at("X-Signature") == "885534227a066efc56d0ee57d06f1f2563477a96a6aa0003df46d9e7fd8bce0a");
}

TEST_CASE("sorted fields with their separators escaped, in a query that the auth adds to") {
  const std::string more = "auth signed(key: Text, secret: Secret) {\n  query api_key: key\n  query timestamp: \"1617187200\"\n"
                           "  let fields = request.fields.replace(\"&\", \"_\").replace(\"=\", \"_\").sorted.join(\"=\", \"&\")\n"
                           "  query sig: md5(\"&{fields}{secret}\").hex\n}\n";
  Message m;
  m.query = "from=Acme&to=447700900000&text=a%26b%3Dc";
  m.type.clear();
  const auto made = sign(carrier_with("", more, "    key: Text\n    secret: Secret\n", "signed(settings.key, settings.secret)"), {{"key", "abcd1234"}, {"secret", "SIGSECRET"}}, m);
  REQUIRE(made.query.size() == 3);
  CHECK(made.query[0] == std::pair<std::string, std::string>("api_key", "abcd1234"));
  CHECK(made.query[2] == std::pair<std::string, std::string>("sig", "b1e95fc79aadc15f6bcc7be7b5cbfac5"));
}

TEST_CASE("login, date and body") {
  Message m;
  m.body = R"({"amount":100})";
  m.at = "2026-01-02T03:04:05.678Z";
  const auto made = sign_std("dated_hmac", "(settings.login, settings.trans, settings.key)", "    login: Text\n    trans: Secret\n    key: Secret\n",
                             {{"login", "mlogin"}, {"trans", "t"}, {"key", "sekret"}}, m);
  CHECK(made.headers.at("Authorization") == "V2-HMAC-SHA256, Signature: dc2875e52fb11b923a7529df1158aa132bc1f76bb972e0ed459e2262414af321");
}

TEST_CASE("a salted hash of the body's base64 and the path") {
  Message m;
  m.path = "/v3/charge";
  m.body = "{\"request\":\"" + encode_base64(R"({"merchantId":"M1","transactionId":"T1","amount":100})") + "\"}";
  const auto made = sign_std("salted_request", "(settings.salt, \"1\")", "    salt: Secret\n", {{"salt", "SALT"}}, m);
  CHECK(made.headers.at("X-VERIFY") == "ba6a4bd20979836476e286cffaab218b857957c15a07919a1b9abcb0224bb060###1");
}

TEST_CASE("method, path, token, hash of the body and time") {
  Message m;
  m.path = "/v1.0/debit/payment-host-to-host";
  m.body = R"({"partnerReferenceNo":"P1","amount":{"value":"10000.00","currency":"IDR"}})";
  m.at = "2026-01-01T20:04:05Z";
  const auto made = sign_std("snap", "(settings.token, settings.secret, \"Asia/Jakarta\")", "    token: Text\n    secret: Secret\n", {{"token", "TOKEN"}, {"secret", "clientsecret"}}, m);
  CHECK(made.headers.at("X-TIMESTAMP") == "2026-01-02T03:04:05+07:00");
  CHECK(made.headers.at("X-SIGNATURE") == "cqIwn4UF5DjnPQBy1SEX9CogqK0Gz1b2ueOlIgkf0YSztUQaU9//6U8Rh9A0hNvM8S05+SQwBYY96L1rpkGyWQ==");
}

TEST_CASE("AWS Signature Version 4: get-vanilla of its test suite") {
  Message m;
  m.method = "GET";
  m.host = "example.amazonaws.com";
  m.type.clear();
  m.at = "2015-08-30T12:36:00Z";
  const auto made = sign_std("sigv4", "(settings.id, settings.key, \"us-east-1\", \"service\")", "    id: Text\n    key: Secret\n",
                             {{"id", "AKIDEXAMPLE"}, {"key", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}}, m);
  CHECK(made.headers.at("Authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST_CASE("WS-Security UsernameToken") {
  Message m;
  m.at = "2010-09-16T07:50:45Z";
  m.chance = *decode_base64("LKqI6G/AikKCQrN0zqZFlg==");
  const auto made = sign_std("wsse", "(\"root\", settings.password)", "    password: Secret\n", {{"password", "userpassword"}}, m);
  CHECK(made.headers.at("X-WSSE") ==
        "UsernameToken Username=\"root\", PasswordDigest=\"tuOSpGlFlIXsozq4HFNeeGeFLEI=\", Nonce=\"LKqI6G/AikKCQrN0zqZFlg==\", Created=\"2010-09-16T07:50:45Z\"");
}

TEST_CASE("RFC 7616: Mufasa, with the nonce of our own making") {
  const std::string challenge = "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, "
                                "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
  Message m;
  m.method = "GET";
  m.path = "/dir/index.html";
  const auto made = sign_std("digest", "(\"Mufasa\", settings.password, settings.challenge)", "    password: Secret\n    challenge: Text\n",
                             {{"password", "Circle of Life"}, {"challenge", challenge}}, m);
  const std::string header = made.headers.at("Authorization");
  const std::string ours = between(header, "cnonce=\"", "\"");
  CHECK(ours.size() == 32);
  const auto response = [&](const std::string& nonce_of_ours) {
    return sha256_hex(sha256_hex("Mufasa:http-auth@example.org:Circle of Life") + ":7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v:00000001:" + nonce_of_ours + ":auth:" +
                      sha256_hex("GET:/dir/index.html"));
  };
  CHECK(response("f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ") == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");   // the RFC's
  CHECK(between(header, "response=\"", "\"") == response(ours));
  CHECK(header.starts_with("Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm=SHA-256, nonce=\"7ypf/"));
  CHECK(header.ends_with("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""));
}

TEST_CASE("OAuth 1.0a: the photos of OAuth Core, and the same rule with fresh values") {
  const std::string more =
      "auth photos(secret: Secret, token_secret: Secret) {\n"
      "  let sent = message_fields(request.query, \"\", \"\").with(\"oauth_consumer_key\", \"dpf43f3p2l4k3l03\").with(\"oauth_token\", \"nnch734d00sl2jdk\")\n"
      "  let all = sent.with(\"oauth_signature_method\", \"HMAC-SHA1\").with(\"oauth_timestamp\", \"1191242096\").with(\"oauth_nonce\", \"kllo9940pd9333jh\").with(\"oauth_version\", \"1.0\")\n"
      "  let url = percent(request.url)\n  let fields = percent(all.percent.sorted_pairs.join(\"=\", \"&\"))\n"
      "  header \"X-Signature\": base64(hmac_sha1(\"{secret}&{token_secret}\", \"{request.method}&{url}&{fields}\"))\n}\n";
  Message m;
  m.method = "GET";
  m.host = "photos.example.net";
  m.path = "/photos";
  m.query = "file=vacation.jpg&size=original";
  std::string source = carrier_with("", more, "    s: Secret\n    t: Secret\n", "photos(settings.s, settings.t)");
  auto d = deployed(program_of(source), {{"s", "kd94hf93k423kf44"}, {"t", "pfkkdhi9sl3r4s00"}});
  RequestView view{m.method, m.path, m.query, m.body, m.host, "http", "", {}};   // the example is over http
  Frame frame;
  frame.settings = d->settings;
  frame.request = &view;
  FixedHost host(m.at, "");
  Arena arena;
  const SliceEnd end = run_slice(*d->program, d->module().exchanges[0].auth, frame, host, arena);
  REQUIRE(end.headers.size() == 1);
  CHECK(end.headers[0].value == "tR3+Ty81lMeYAr/Fid0kMTYa/WM=");

  m.at = "2007-10-01T12:34:56Z";
  const auto made = sign_std("oauth1", "(\"ck\", settings.s, \"tk\", settings.t)", "    s: Secret\n    t: Secret\n", {{"s", "a b"}, {"t", "c"}}, m);
  const std::string header = made.headers.at("Authorization");
  const std::string nonce = between(header, "oauth_nonce=\"", "\"");
  const std::string base = "GET&https%3A%2F%2Fphotos.example.net%2Fphotos&" +
                           encode_percent("file=vacation.jpg&oauth_consumer_key=ck&oauth_nonce=" + nonce +
                                          "&oauth_signature_method=HMAC-SHA1&oauth_timestamp=1191242096&oauth_token=tk&size=original");
  CHECK(between(header, "oauth_signature=\"", "\"") == encode_percent(mac_base64(HashKind::sha1, "a%20b&c", base)));
}

TEST_CASE("RFC 9421: the HMAC of B.2.5, and the library's over method, target and digest") {
  const std::string more =
      "auth example(secret: Secret) {\n  let key = base64_decode(secret) else concat(\"\", \"\")\n"
      "  let parameters = \"(\\\"date\\\" \\\"@authority\\\" \\\"content-type\\\");created=1618884473;keyid=\\\"test-shared-secret\\\"\"\n"
      "  let date = now.http_date\n"
      "  let base = \"\\\"date\\\": {date}\\n\\\"@authority\\\": {request.host}\\n\\\"content-type\\\": {request.content_type}\\n\\\"@signature-params\\\": {parameters}\"\n"
      "  header \"Signature\": base64(hmac_sha256(key, base))\n}\n";
  Message m;
  m.at = "2021-04-20T02:07:55Z";
  const auto published = sign(carrier_with("", more, "    s: Secret\n", "example(settings.s)"),
                              {{"s", "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="}}, m);
  CHECK(published.headers.at("Signature") == "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=");

  m.path = "/foo";
  m.query = "param=Value&Pet=dog";
  m.body = R"({"hello": "world"})";
  const auto made = sign_std("http_signature_hmac", "(\"k1\", settings.s)", "    s: Secret\n", {{"s", "shared"}}, m);
  CHECK(made.headers.at("Content-Digest") == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");   // RFC 9530's
  const std::string parameters = made.headers.at("Signature-Input").substr(5);
  const std::string base = "\"@method\": POST\n\"@target-uri\": https://example.com/foo?param=Value&Pet=dog\n\"content-digest\": " + made.headers.at("Content-Digest") +
                           "\n\"@signature-params\": " + parameters;
  CHECK(made.headers.at("Signature") == "sig1=:" + mac_base64(HashKind::sha256, "shared", base) + ":");
  // What the auth signs, the verify takes; and nothing else.
  auto d = verifying("message_signature_hmac", "(\"k1\", settings.s, 5min)", "    s: Secret\n", {{"s", "shared"}});
  Message back = m;
  for (const auto& [name, value] : made.headers) {
    std::string lower = name;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    back.headers.emplace_back(lower, value);
  }
  CHECK(holds(*d, back));
  for (int spoilt = 0; spoilt < 5; ++spoilt) {
    INFO(spoilt);
    Message other = back;
    if (spoilt == 0) other.body += " ";
    if (spoilt == 1) other.query = "param=Value";
    if (spoilt == 2) other.method = "PUT";
    if (spoilt == 3) other.at = "2021-04-20T02:13:00Z";
    if (spoilt == 4) other.headers.clear();
    CHECK_FALSE(holds(*d, other));
  }
}

TEST_CASE("JWTs are good tokens, and end") {
  const peer::TestKey &rsa = peer::test_key("rsa"), &p256 = peer::test_key("p256");
  struct Case { std::string name, parameters, declared, codec; Settings settings; Value key; };
  const std::string rsa_public = *decode_base64(rsa.public_key), p256_public = *decode_base64(p256.public_key);
  const Case cases[] = {
      {"jwt_hs256", "(settings.k, \"me\", \"them\", 5min)", "    k: Secret\n", "jws_hs256", {{"k", "shared"}}, Value::text("shared")},
      {"jwt_rs256", "(settings.k, \"key-1\", \"me\", \"them\", 5min)", "    k: PrivateKey\n", "jws_rs256", {{"k", std::string(rsa.private_key)}}, Value::text_of(Kind::public_key, rsa_public, kPublic)},
      {"jwt_es256", "(settings.k, \"key-1\", \"me\", \"them\", 5min)", "    k: PrivateKey\n", "jws_es256", {{"k", std::string(p256.private_key)}}, Value::text_of(Kind::public_key, p256_public, kPublic)},
  };
  for (const Case& one : cases) {
    INFO(one.name);
    const auto made = sign_std(one.name, one.parameters, one.declared, one.settings, {});
    const std::string token = made.headers.at("Authorization").substr(7);
    std::string payload;
    const Value key[] = {one.key};
    REQUIRE(decode_with(*find_codec(one.codec), key, token, payload));
    CHECK(payload.starts_with(R"({"iss":"me","aud":"them","iat":1767323045,"exp":1767323345,"jti":")"));
  }
}

TEST_CASE("sorted fields and a secret, MD5: the callbacks of a link to pay by") {
  auto d = verifying("fields_md5", "(\"sig\", settings.s)", "    s: Secret\n", {{"s", "secret"}});
  Message m;
  m.method = "GET";
  m.type.clear();
  m.query = "test=ok&credit_name=gold&tc_id=291&tc_amount=3333&sig=a35a6b5ed63f611463dc6bf2b0399e50";
  CHECK(holds(*d, m));
  Message more = m;
  more.query += "&price=0";
  CHECK_FALSE(holds(*d, more));     // a field that was not signed
  Message unsigned_one = m;
  unsigned_one.query = "test=ok";
  CHECK_FALSE(holds(*d, unsigned_one));
}

TEST_CASE("values separated by bars, HMAC-SHA1: the notifications of a wallet") {
  auto d = verifying("values_hmac_sha1", "(\"X-Api-Signature\", settings.s)", "    s: Secret\n", {{"s", "notifypwd"}});
  Message m;
  m.type = "application/x-www-form-urlencoded";
  m.body = "command=bill&bill_id=B1&status=paid&error=0&amount=1.00&user=tel%3A%2B79031811737&prv_name=Shop&ccy=RUB&comment=x";
  m.headers = {{"x-api-signature", "cgSXm2RPNNjgIzJu2/vxzH9o5sA="}};
  CHECK(holds(*d, m));
  m.body.replace(m.body.find("1.00"), 4, "9.00");
  CHECK_FALSE(holds(*d, m));
}

TEST_CASE("a time and the body: the webhooks of a wallet, and no older than they may be") {
  auto d = verifying("timestamped_body_hmac", "(\"Wave-Signature\", settings.s, 5min)", "    s: Secret\n", {{"s", "whsec"}});
  Message m;
  m.body = R"({"id":"EV_1"})";
  m.headers = {{"wave-signature", "t=1639081943,v1=aac68a6cf0840ae85974a36cb91e05db0e71553039f24f9c4e497433dfadc938"}};
  m.at = "2021-12-09T20:33:00Z";
  CHECK(holds(*d, m));
  Message late = m;
  late.at = "2021-12-09T20:38:00Z";
  CHECK_FALSE(holds(*d, late));
  Message changed = m;
  changed.body = R"({"id":"EV_2"})";
  CHECK_FALSE(holds(*d, changed));
}

TEST_CASE("what the carrier must add is told by what is demanded of it") {
  struct Case { std::string name, parameters, declared; Settings settings; };
  const peer::TestKey &rsa = peer::test_key("rsa"), &p256 = peer::test_key("p256");
  const Case cases[] = {
      {"body_hmac", "(\"X-S\", settings.s)", "    s: Secret\n", {{"s", "k"}}},
      {"body_hmac_base64", "(\"X-S\", settings.s)", "    s: Secret\n", {{"s", "k"}}},
      {"timestamped_body_hmac", "(\"X-S\", settings.s, 5min)", "    s: Secret\n", {{"s", "k"}}},
      {"dated_body_hmac", "(\"me\", settings.s)", "    s: Secret\n", {{"s", "k"}}},
      {"fields_md5", "(\"sig\", settings.s)", "    s: Secret\n", {{"s", "k"}}},
      {"fields_hmac", "(\"sig\", settings.s)", "    s: Secret\n", {{"s", "k"}}},
      {"values_hmac_sha1", "(\"X-S\", settings.s)", "    s: Secret\n", {{"s", "k"}}},
      {"hashed_basic", "(\"me\", settings.s)", "    s: Secret\n", {{"s", "k"}}},
      {"shared_token", "(\"X-S\", settings.s)", "    s: Secret\n", {{"s", "k"}}},
      {"body_rsa", "(\"X-S\", settings.k)", "    k: PublicKey\n", {{"k", std::string(rsa.public_key)}}},
      {"body_rsa", "(\"X-S\", settings.k)", "    k: Certificate\n", {{"k", std::string(rsa.certificate)}}},
      {"body_rsa", "(\"X-S\", settings.k)", "    k: many Certificate\n", {{"k", std::string(rsa.certificate)}}},
      {"body_ecdsa", "(\"X-S\", settings.k)", "    k: PublicKey\n", {{"k", std::string(p256.public_key)}}},
  };
  for (const Case& one : cases) {
    INFO(one.name << " " << one.declared);
    auto program = program_of(carrier_verifying("use std.verify: " + one.name + "\n", "", one.declared, one.name + one.parameters));
    Settings settings = one.settings;
    settings.emplace("base", "https://example.com");
    const peer::Proofs proofs(program, settings);
    peer::CallbackMessage message;
    message.method = "POST";
    message.url = "https://tollgate.test/c/c/paid/k/t";
    message.headers = {{"Content-Type", "application/json"}};
    message.body = R"({"state":"PAID","amount":"5"})";
    const int64_t now_us = *parse_rfc3339("2026-01-02T03:04:05Z");
    const Status proved = proofs.add(program->module().endpoints[0].verify[0], message, now_us);
    if (!proved.ok()) FAIL(proved.error().message);
    Message m;
    m.body = message.body;
    m.path = "/c/c/paid/k/t";
    m.host = "tollgate.test";
    if (const size_t question = message.url.find('?'); question != std::string::npos) m.query = message.url.substr(question + 1);
    for (auto [name, value] : message.headers) {
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      m.headers.emplace_back(name, value);
    }
    auto d = deployed(program, one.settings);
    CHECK(holds(*d, m));
    Message forged = m;
    forged.body = R"({"state":"PAID","amount":"9"})";
    if (one.name != "hashed_basic" && one.name != "shared_token") CHECK_FALSE(holds(*d, forged));
    Message bare = m;
    bare.headers = {{"content-type", "application/json"}};
    bare.query.clear();
    CHECK_FALSE(holds(*d, bare));
  }
}

TEST_CASE("a key that does not fit is refused when it is given, and never shown") {
  const std::string source = carrier_with("use std.auth: snap_rsa\n", "", "    key: PrivateKey\n", "snap_rsa(settings.key, \"Asia/Jakarta\")");
  const auto refused = [&](const std::string& key) {
    auto made = deploy(program_of(source), {{"base", "https://example.com"}, {"key", key}});
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().message.find("key") != std::string::npos);
    if (key.size() > 20) CHECK(made.error().message.find(key.substr(10, 8)) == std::string::npos);
    return made.error().code;
  };
  CHECK(refused("not a key") == "setting_invalid");
  CHECK(refused(std::string(peer::test_key("rsa").public_key)) == "setting_invalid");
  CHECK(refused(std::string(peer::test_key("p256").private_key)) == "key_misfit");
  CHECK(deploy(program_of(source), {{"base", "https://example.com"}, {"key", std::string(peer::test_key("rsa").private_key)}}).ok());
}
