//! What the tests of both programs share.
