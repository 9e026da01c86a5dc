"""Lists of repos: what they show, and that everything chosen stands in the address."""

from starlette.datastructures import QueryParams

from openhearth.repos.pages.facets import facets_of
from openhearth.repos.pages.list_address import read_list_address
from tests.repos_pages.conftest import Site

KINDS = ("/models", "/datasets", "/spaces", "/kernels")


def card(task: str, license_id: str = "mit", language: str = "en") -> str:
    lines = [
        f"pipeline_tag: {task}",
        f"license: {license_id}",
        f"language: {language}",
        "library_name: transformers",
    ]
    return "\n".join(["---", *lines, "---", "# It", "", "Words.", ""])


def test_nobody_sees_empty_lists_that_say_how_to_begin(site: Site) -> None:
    for path in KINDS:
        page = site.nobody.read(path)
        assert "here yet" in page
        assert "http://hub.test" in page or path == "/spaces"


def test_a_list_holds_public_repos_and_leaves_private_ones_to_their_owner(site: Site) -> None:
    site.create("open")
    site.create("veiled", visibility="private")
    assert "open" in site.nobody.read("/models")
    assert "veiled" not in site.eve.read("/models")
    assert "veiled" in site.ada.read("/models")


def test_each_filter_narrows_the_list_and_is_taken_back_by_its_chip(site: Site) -> None:
    site.commit(site.create("sums"), {"README.md": card("summarization")})
    site.commit(site.create("maps"), {"README.md": card("translation", license_id="apache-2.0")})
    page = site.nobody.read("/models?pipeline_tag=summarization")
    assert "ada/sums" in page.replace('ada/</span><wbr><span class="repo-name__name">', "ada/")
    assert ">maps<" not in page
    assert 'class="chip chip--on" href="/models"' in page
    assert ">maps<" in site.nobody.read("/models?license=license:apache-2.0")
    assert "Nothing fits" in site.nobody.read("/models?pipeline_tag=summarization&license=apache-2.0")


def test_search_words_are_kept_in_the_form_and_in_the_filters(site: Site) -> None:
    site.commit(site.create("sums"), {"README.md": card("summarization")})
    page = site.nobody.read("/models?search=su&sort=likes")
    assert 'value="su"' in page
    assert '<input type="hidden" name="sort" value="likes">' in page
    assert "/models?search=su&pipeline_tag=summarization&sort=likes" in page


def test_pages_lead_forward_and_back_to_where_the_reader_was(site: Site) -> None:
    for number in range(35):
        site.create(f"model-{number:02d}")
    first = site.nobody.read("/models?sort=created")
    following = read_href(first, 'rel="next"')
    second = site.nobody.read(following)
    assert "Page 2 of 2" in second
    assert read_href(second, 'rel="prev"') == "/models?sort=created"
    assert "model-34" in first
    assert "model-00" in second


def test_a_strange_cursor_is_refused_with_a_sentence(site: Site) -> None:
    assert "cursor" in site.nobody.read("/models?cursor=nonsense", status=400)


def test_unknown_parameters_of_old_links_change_nothing() -> None:
    address = read_list_address("model", QueryParams("sort=hottest&size=giant&colour=red"))
    assert address.href == "/models"


def test_an_address_read_again_is_the_same_address() -> None:
    query = "search=a+b&author=ada&pipeline_tag=fill-mask&language=en&license=mit&other=odd%26tag&size=small&sort=likes&cursor=x.y"
    address = read_list_address("model", QueryParams(query))
    assert address.href == f"/models?{query}"
    assert address.tags == ("fill-mask", "en", "license:mit", "odd&tag")
    assert address.wanted().pipeline_tag == "fill-mask"
    assert address.wanted().most_parameters == 999_999_999


def test_of_two_tasks_the_later_one_counts() -> None:
    address = read_list_address("model", QueryParams("pipeline_tag=fill-mask")).with_tag("translation")
    assert address.tags == ("translation",)


def test_a_chosen_tag_is_shown_even_if_nothing_carries_it() -> None:
    address = read_list_address("dataset", QueryParams("license=wtfpl"))
    facets = facets_of(address, [("license:mit", 3)])
    options = {option.label: option for option in facets[0].options}
    assert options["wtfpl"].selected
    assert options["mit"].count == 3


def read_href(page: str, mark: str) -> str:
    """The address of the link that carries `mark`."""
    link = page[page.index(mark) :]
    return link.split('href="', 1)[1].split('"', 1)[0]
