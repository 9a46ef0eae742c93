package screen_test

func alive(int) bool { return false } // the tests that ask are skipped
