"""Contract suites: what every implementation of a protocol must do, as test classes to inherit from."""
