import io
import struct
import tarfile
from pathlib import Path

import numpy as np
import pytest

from openhearth.cli.starter.ctranslate2 import read_model
from openhearth.cli.starter.recipe import ConversionFailed, Package
from openhearth.cli.starter.recipes.review_sentences import Sentence, is_test, label_of
from openhearth.cli.starter.unpack import unpack_package


def text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def model_file(version: int) -> bytes:
    half = np.array([[0.5, -2.0, 3.0]], dtype=np.float16)
    variable = text("layer/weight") + struct.pack("<BII", 2, 1, 3) + struct.pack("<BI", 4, 6) + half.tobytes()
    alias = struct.pack("<I", 1) + text("tied/weight") + text("layer/weight")
    return struct.pack("<I", version) + text("WhisperSpec") + struct.pack("<II", 3, 1) + variable + alias


def test_a_ctranslate2_file_gives_its_arrays_and_their_other_names(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(model_file(version=6))

    arrays = read_model(tmp_path / "model.bin")

    assert set(arrays) == {"layer/weight", "tied/weight"}
    assert arrays["tied/weight"].dtype == np.float32
    assert arrays["tied/weight"].tolist() == [[0.5, -2.0, 3.0]]


def test_another_version_of_the_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(model_file(version=5))
    with pytest.raises(ConversionFailed, match="format 5"):
        read_model(tmp_path / "model.bin")


def test_four_bit_matrices_of_onnx_are_spread_out_again(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    from openhearth.cli.starter.onnx_weights import read_weights

    numbers = np.arange(32, dtype=np.uint8) % 16
    packed = (numbers[0::2] | numbers[1::2] << 4).reshape(1, 1, 16)
    stored = {"q": packed, "s": np.array([[0.25]], np.float32), "dense.bias": np.array([7], np.float32)}
    node = onnx.helper.make_node(
        "MatMulNBits", ["x", "q", "s"], ["y"], name="/dense/MatMul_Q4", domain="com.microsoft", K=30, N=1
    )
    tensors = [onnx.numpy_helper.from_array(array, name) for name, array in stored.items()]
    graph = onnx.helper.make_graph([node], "g", [], [], initializer=tensors)
    onnx.save(onnx.helper.make_model(graph), str(tmp_path / "m.onnx"))

    weights = read_weights(tmp_path / "m.onnx")

    assert weights["dense.bias"].tolist() == [7.0]
    assert weights["dense.weight"].tolist() == [[(int(n) - 8) * 0.25 for n in numbers[:30]]]


def sdist(path: Path, member: str) -> Package:
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo(member)
        info.size = 5
        archive.addfile(info, io.BytesIO(b"hello"))
    return Package("thing", "1.0", path.name, "0" * 64)


def test_a_source_package_loses_its_top_folder(tmp_path: Path) -> None:
    package = sdist(tmp_path / "thing-1.0.tar.gz", "thing-1.0/data/words.txt")
    unpack_package(package, tmp_path / package.filename, tmp_path / "out")
    assert (tmp_path / "out" / "data" / "words.txt").read_text() == "hello"


def test_a_source_package_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    package = sdist(tmp_path / "thing-1.0.tar.gz", "thing-1.0/../../escaped.txt")
    with pytest.raises(ConversionFailed, match=package.filename):
        unpack_package(package, tmp_path / package.filename, tmp_path / "out" / "deep")
    assert not list(tmp_path.rglob("escaped.txt"))


@pytest.mark.parametrize(
    ("score", "label"),
    [(0.5, "positive"), (0.49, "neutral"), (0.0, "neutral"), (-0.49, "neutral"), (-0.5, "negative")],
)
def test_half_a_point_makes_a_sentence_positive_or_negative(score: float, label: str) -> None:
    assert label_of(score) == label


def test_sentences_of_one_review_are_held_out_together() -> None:
    def sentence(review: int, number: int) -> Sentence:
        return Sentence("", "neutral", 0.0, 20, "amazon", f"amazon-{review}_{number}", f"amazon-{review}")

    sides = {review: {is_test(sentence(review, number)) for number in range(5)} for review in range(300)}

    assert all(len(side) == 1 for side in sides.values())
    assert 25 <= sum(side == {True} for side in sides.values()) <= 65
