import pytest

from bazaar.web import own_path


@pytest.mark.parametrize("path", ["/", "/panitia", "/o/abc?x=1&y=/z", "/cari?q=a%20b", "/u/x#y"])
def test_our_own_paths_are_followed(path):
    assert own_path(path, "/otherwise") == path


@pytest.mark.parametrize(
    "path",
    [None, "", "panitia", "//e", "/\\e", "\\\\e", "https:e", "https://e", "javascript:alert(1)",
     "\t//e", " /e", "/\t/e", "/\n/e", "/%5ce", "/%5c%5ce", "/%09/e", "/%0d%0aX:y", "/%2fe", "/%00",
     "/\x7f", "/" + "x" * 2000, "/a b"],
)  # fmt: skip
def test_everything_else_is_not(path):
    assert own_path(path, "/otherwise") == "/otherwise"
