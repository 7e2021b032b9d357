// Key pairs for tests and the simulated carrier: base64 of DER. They are published here, so they protect nothing. A test's settings hold one half of a
// pair where the carrier file asks for a key, and the peer, who plays the carrier, has the other.
#pragma once

#include <string_view>

namespace tollgate::peer {

struct TestKey {
  std::string_view name;         // "rsa"
  std::string_view private_key;  // PKCS#8
  std::string_view public_key;   // SubjectPublicKeyInfo
  std::string_view certificate;  // X.509, signed by itself, for carrier.test
};

inline constexpr TestKey kTestKeys[] = {
    {"rsa",
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDN7OjaVmhNsNfKTHLPH5G0AlTKI1g8NdOVs23yCIqybrIgEpYBMMpm7hnc06BmHJrZV+AT"
    "zGEMrniiCJ7ZseFdklmJ+hBfy6WMYEyQuVfBs52MzvcdzOsEz0xC30U8Nj4fNX9whNUdDk1b1u3K5/JyBz6W9P7gqE3Dbztzcp/FKwAJ0oV6uXuKMuD5nUor"
    "RVXscwIXGBBN++96JFNzIKfQI68m/xjIJ6LnzaNlkZl0t0d025RaobQNX3nv00EerFtlx7URz3sv6wlL33Iy/JBhpGhznjOkSYGK2aQx55vyjBMXyzi0Tz0J"
    "NCWXNMIhgxMpzePJ+OMuc6eLzbJLcxzJAgMBAAECggEACbSKde3gHRdCWFe5in79pjr85Yj8adwMlI/gFOnnpYi3jvDpTnWO+IJsyB5WPzHGb4tndW9qvIcF"
    "ivd2iyKJ0VfqLelR973Yl9DbEvAVTX0KZh5EAczMX83oVXeB4xhYXa6vCq3MAIJRzYwH6Yn8gHjMb59s2sg74APgTKzgkFGEkt167zKaqS8Cpttlc8/LENok"
    "bDRX6VwOlsmuTCcA8e/dLqKcm3BwelFMKalIQn8ZphkTIXEESRlWYT4b1SWVWk2GO33PVyAJjWdpmGtozs/WYdAjR6BlWXm+Yaqjyzhr+/ulTjTheRJ2Zht9"
    "3lCx8nbqqkQlwtus3cf5aaadzQKBgQDyJkrUq6sh/fX2dablD/FSaoin47jsA/BgccLFgbNpyvF+5m4Bh6guHQvo9gzAcossQNGLkjlzKI6rGZvbwPQoCCoR"
    "KfBsx/y0tK1NlHtnypO8J9BSzE9I0Ivj5yP/D2UJb/1X41iBDAVvqx5xIW0msivAnBUH5oLrIE603JE2/QKBgQDZtDNFlkIkRcuW4N5aurWjL+2vr1HJyV/V"
    "Kc0l8NJULN7h/dKmkgdTk6N1G9V/c+WvuyipKDS5T5kiVUuXkjDAcHX1NguzrUrKaVLsNigKy+5ymSGEyCyIWJQrtrxyZsVi7TozdhbwiitLT2iujEuGt5Zw"
    "vbnAIwrtvOtnTcTUvQKBgQDLIcZKa4wO4t0vl/ieVWZqbcYfmM+q5Y8DSMtMJgacq8s0WhdUHzm9HU69aZK+6hfH0sQ14j9hVFeCPuRZT59B6b9oUJdImedq"
    "q9pppzJymiSehYOjwZKNEa0YTPEMaRyn8xNCZAv9jVkOGS1bV+AZwwMi+4xE6WFP3vVHkXQb/QKBgQCgn+Ycd6rBXIXEApHMW2ncx2YVc8NioKOGgVsNnUty"
    "M9EW6NHdeGzTa2D07N5vNTHIoMx1UmbkOyh/PnORl5lEwzUlAQVNQpSmF2PJSIPuw1xhTT5/27mPt9tLDX6o4c7NGL8SbRSr0SX0YNiZwIWRFi93a2R7sN9F"
    "XVhKVgTd+QKBgDvZNCMCy105TK6BzOgoQDWcTEjt7W4leqdy2wI8gi2JbxlBFFc3ia1EZG7DmkLeLdH6WO7UzautCN+7V+Tgbo6pzjlmuyRiPebyUd/iJCjd"
    "FlE7ac55vqWdSzhJmiYAcLtkohYZYHx5D4LtYCcyCBc1eO6gjNzxaYohymzJLDyn",
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzezo2lZoTbDXykxyzx+RtAJUyiNYPDXTlbNt8giKsm6yIBKWATDKZu4Z3NOgZhya2VfgE8xhDK54"
    "ogie2bHhXZJZifoQX8uljGBMkLlXwbOdjM73HczrBM9MQt9FPDY+HzV/cITVHQ5NW9btyufycgc+lvT+4KhNw287c3KfxSsACdKFerl7ijLg+Z1KK0VV7HMC"
    "FxgQTfvveiRTcyCn0COvJv8YyCei582jZZGZdLdHdNuUWqG0DV9579NBHqxbZce1Ec97L+sJS99yMvyQYaRoc54zpEmBitmkMeeb8owTF8s4tE89CTQllzTC"
    "IYMTKc3jyfjjLnOni82yS3McyQIDAQAB",
    "MIIDETCCAfmgAwIBAgIUF8WB/h0dIQ9iEJ/s+f3RsJRzLKAwDQYJKoZIhvcNAQELBQAwFzEVMBMGA1UEAwwMY2Fycmllci50ZXN0MCAXDTI2MTEyNjA0MTUy"
    "MloYDzIxMjYxMTAyMDQxNTIyWjAXMRUwEwYDVQQDDAxjYXJyaWVyLnRlc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDN7OjaVmhNsNfKTHLP"
    "H5G0AlTKI1g8NdOVs23yCIqybrIgEpYBMMpm7hnc06BmHJrZV+ATzGEMrniiCJ7ZseFdklmJ+hBfy6WMYEyQuVfBs52MzvcdzOsEz0xC30U8Nj4fNX9whNUd"
    "Dk1b1u3K5/JyBz6W9P7gqE3Dbztzcp/FKwAJ0oV6uXuKMuD5nUorRVXscwIXGBBN++96JFNzIKfQI68m/xjIJ6LnzaNlkZl0t0d025RaobQNX3nv00EerFtl"
    "x7URz3sv6wlL33Iy/JBhpGhznjOkSYGK2aQx55vyjBMXyzi0Tz0JNCWXNMIhgxMpzePJ+OMuc6eLzbJLcxzJAgMBAAGjUzBRMB0GA1UdDgQWBBRfDlhV0pe2"
    "q6hqXOeyiHzWd4PYODAfBgNVHSMEGDAWgBRfDlhV0pe2q6hqXOeyiHzWd4PYODAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQAbHgBb+55/"
    "UGI6fAedt2DvVUoe05ZEl330ES+8jYKvK7m44WIW6Ja2PUpx2l5mUvbEZveZTFUHfFeNbxNs69Hve9FEUb4J+R++qWH/Q1BNCU/RNu/lRpA1z0GcPeqpJAac"
    "+5i41MUpuUZ9jvDV6+6PzeLBFYVkWVBBLngPuiupsTtNh2SEjamiW5W2MAmpNBDRdXsoIQz0nzkjSA7CLdK/1xJ2CDygzAdanDQhbgTA8DF3izzvcR+fCS27"
    "wdCXDuY/AwxeR//bvb1Nyv27Z/PfNlzHHMBUXUGKlhqNtbWBowygQBUalEYfe/012/hByD432lE4WUFnGfiHcYISsGLM"},
    {"p256",
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJm8FkJ8vcNrV7UW2d6qYSHGwYK/GgPQ6qFrbyVcCxR6hRANCAAQLTfBoxmXSHjA0g+8z3NSP"
    "dZ596LTQOyyrD8fhmo6S0InD9CQhvHE3NqpZJ25q4mg5aXGKrlYVdc1AXY7mvgth",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC03waMZl0h4wNIPvM9zUj3Wefei00Dssqw/H4ZqOktCJw/QkIbxxNzaqWSduauJoOWlxiq5WFXXNQF2O5r4L"
    "YQ==",
    "MIIBhTCCASugAwIBAgIUSadAVZgjNIEYa0TV7P/BTcG/oiUwCgYIKoZIzj0EAwIwFzEVMBMGA1UEAwwMY2Fycmllci50ZXN0MCAXDTI2MTEyNjA0MTUyMloY"
    "DzIxMjYxMTAyMDQxNTIyWjAXMRUwEwYDVQQDDAxjYXJyaWVyLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQLTfBoxmXSHjA0g+8z3NSPdZ596LTQ"
    "OyyrD8fhmo6S0InD9CQhvHE3NqpZJ25q4mg5aXGKrlYVdc1AXY7mvgtho1MwUTAdBgNVHQ4EFgQUtcvhrS0bEroRO4BVVYPAok04tYcwHwYDVR0jBBgwFoAU"
    "tcvhrS0bEroRO4BVVYPAok04tYcwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAwRFhzvxOUrfH05/I7IPbt7iAuuS/19XmsB4xi1vc9mQIh"
    "ALEjkmpw1RW0Exak/fYATNJgY34g9Ex8yS2mFlnezumH"},
    {"ed25519",
    "MC4CAQAwBQYDK2VwBCIEIIbuzllRW1t9JpIZHZrOtVKb88wJqAhBb793fS+bw737",
    "MCowBQYDK2VwAyEAPvxhjA6i+RX20sTl3kjM2v6+lW0u5YYXHYccKU7D81o=",
    "MIIBRDCB96ADAgECAhQYQsWlfmIeFAvD4bzrncw3QxLEYjAFBgMrZXAwFzEVMBMGA1UEAwwMY2Fycmllci50ZXN0MCAXDTI2MTEyNjA0MTUyMloYDzIxMjYx"
    "MTAyMDQxNTIyWjAXMRUwEwYDVQQDDAxjYXJyaWVyLnRlc3QwKjAFBgMrZXADIQA+/GGMDqL5FfbSxOXeSMza/r6VbS7lhhcdhxwpTsPzWqNTMFEwHQYDVR0O"
    "BBYEFN4VG06xntLrFbGPUmWFYIzxGSx+MB8GA1UdIwQYMBaAFN4VG06xntLrFbGPUmWFYIzxGSx+MA8GA1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EAUU9/hJsq"
    "6RQJp5RUawNEHaiArGNONE2fbKKI+dmP7qkPgXezuxpp5rQLdaSlBqrnYfnW4zL7KVtyRTv8Q2gTCg=="},
};

constexpr const TestKey& test_key(std::string_view name) {
  for (const TestKey& key : kTestKeys)
    if (key.name == name) return key;
  return kTestKeys[0];
}

}  // namespace tollgate::peer
