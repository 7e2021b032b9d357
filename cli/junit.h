// Results of tests in the XML that continuous integration reads, as JUnit writes it: a suite for each carrier, a case for each test.
#pragma once

#include <string>
#include <vector>

#include "peer/test_runner.h"

namespace tollgate::cli {

std::string junit_xml(const std::vector<peer::CaseResult>& cases);

}  // namespace tollgate::cli
