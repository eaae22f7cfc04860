import pytest

from bazaar.rules.show.addresses import LONGEST, is_chat, is_mail, is_service


@pytest.mark.parametrize("good", ["siti@contoh.id", "a.b+c@sub.contoh.co.id", "x_1@y-z.org"])
def test_mail_addresses(good):
    assert is_mail(good)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "siti",
        "siti@contoh",
        "siti@@contoh.id",
        "a@b.id,c@d.id",
        "a@b.id\nBcc: c@d.id",
        "<a@b.id>",
        "siti@contöh.id",
        "a b@c.id",
        f"{'x' * LONGEST}@contoh.id",
    ],
)
def test_no_mail_addresses(bad):
    assert not is_mail(bad)


@pytest.mark.parametrize("good", ["123456789", "-1001234567890", "@pasarvirtual"])
def test_chats(good):
    assert is_chat(good)


@pytest.mark.parametrize(
    "bad",
    ["", "0123456", "12", "@x", "123/456", "123?x=1", "١٢٣٤٥٦٧", "123456789\n", "tgram://a/1"],
)
def test_no_chats(bad):
    assert not is_chat(bad)


@pytest.mark.parametrize(
    "good",
    [
        "tgram://123456789:AAabcdefghijklmnopqrstuvwxyz0123456/987654321/",
        "whatsapp://template:token@12345/+6281234567890",
        "discord://1234567890/abcdef-ghijkl",
    ],
)
def test_services_that_may_be_used(good):
    assert is_service(good)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "file:///etc/passwd",
        "json://127.0.0.1/x",
        "jsons://169.254.169.254/latest/meta-data",
        "xml://[::1]/",
        "form://10.0.0.1",
        "apprise://localhost/key",
        "syslog://",
        "dbus://",
        "schan://x",
        "mailtos://a:b@c.id",
        "http://contoh.id",
        "https://hooks.slack.com/services/a/b/c",
        "discord://1/2?template=/etc/passwd",
        "discord://1/2?verify=no",
        "slack://a/b/c?avatar=http://127.0.0.1/",
        "DISCORD://1/2",
        " discord://1/2",
        "discord://1/2 json://127.0.0.1",
        "discord://1/2,json://127.0.0.1",
        "discord://1/2\njson://127.0.0.1",
        f"discord://1/{'x' * LONGEST}",
    ],
)
def test_services_that_may_not_be_used(bad):
    assert not is_service(bad)
