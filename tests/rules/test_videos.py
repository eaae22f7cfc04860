import pytest

from bazaar.rules.videos import embed

PLAYER = "https://www.youtube-nocookie.com"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtube.com/watch?feature=share&v=dQw4w9WgXcQ&t=3",
        "https://m.youtube.com/live/dQw4w9WgXcQ?si=abc",
        "https://youtu.be/dQw4w9WgXcQ?t=5",
        "https://www.youtube.com/embed/dQw4w9WgXcQ",
    ],
)
def test_an_address_that_names_a_video_is_built_anew(url):
    assert embed(url, PLAYER) == f"{PLAYER}/embed/dQw4w9WgXcQ?autoplay=1&playsinline=1&rel=0"


def test_a_channel_shows_its_present_broadcast():
    name = "UC" + "a" * 22

    assert embed(f"https://www.youtube.com/channel/{name}/live", PLAYER).startswith(
        f"{PLAYER}/embed/live_stream?channel={name}&"
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://www.youtube.com/@pasarvirtual/live",
        "https://www.youtube.com/watch?v=zu-kurz",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQQ",
        "http://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://evil.example/?https://youtu.be/dQw4w9WgXcQ",
        "javascript:alert(1)//youtu.be/dQw4w9WgXcQ",
        'https://youtu.be/dQw4w9WgXc"',
    ],
)
def test_anything_else_is_not_embedded(url):
    assert embed(url, PLAYER) == ""
