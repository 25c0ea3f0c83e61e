import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import blas, blas_measurement
from engine.blas_measurement import fastest
from engine.cpu import Cpu, read_cpu
from engine.errors import UnusableKernel

X86_AVX2 = Cpu("made", "made", frozenset({"avx2", "fma", "avx", "sse4_2"}))
HAS_X86_FLAGS = bool(read_cpu().flags & {"avx2"})


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A measurement that is given up chooses no kernel, which is right but not what these tests are about."""
    monkeypatch.setattr(blas_measurement, "_PATIENCE_SECONDS", 300.0)


def machine_under(kernel):
    """`machine()` as a process sees it that was started with this kernel's environment."""
    program = "import json; from engine.blas import machine; print(json.dumps(machine()))"
    variables = {**os.environ, **blas.kernel_environment(kernel)}
    answer = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, check=True)
    return json.loads(answer.stdout)


@pytest.mark.skipif(not HAS_X86_FLAGS, reason="kernels are chosen on x86 CPUs with AVX2 only")
def test_the_chosen_kernel_is_really_used_by_a_process_that_gets_its_environment(tmp_path):
    kernel = blas.choose_kernel(tmp_path / "kernels.json")
    found = machine_under(kernel)
    assert found["kernel"] == kernel
    assert found["threads"] == 1
    assert found["blas"].startswith("openblas 0.")


@pytest.mark.skipif(not HAS_X86_FLAGS, reason="kernels are chosen on x86 CPUs with AVX2 only")
def test_the_choice_is_read_from_the_cache_the_second_time(tmp_path):
    cache = tmp_path / "new folder" / "kernels.json"
    blas.choose_kernel(cache)
    choices = json.loads(cache.read_text())
    assert len(choices) == 1
    cache.write_text(json.dumps(dict.fromkeys(choices, "planted")))
    assert blas.choose_kernel(cache) == "planted"


@pytest.mark.skipif(not HAS_X86_FLAGS, reason="kernels are chosen on x86 CPUs with AVX2 only")
@pytest.mark.parametrize("content", ["", "not json", "[]", '{"a": 1}'])
def test_a_broken_cache_is_measured_anew(tmp_path, content):
    cache = tmp_path / "kernels.json"
    cache.write_text(content)
    assert blas.choose_kernel(cache)
    assert len(json.loads(cache.read_text())) == 1


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path):
    occupied = tmp_path / "file"
    occupied.write_text("")
    assert isinstance(blas.choose_kernel(occupied / "kernels.json"), str)


def test_a_kernel_that_does_not_exist_changes_nothing():
    assert fastest(["NoSuchKernel"], {}) == fastest([], {})


def test_a_cpu_without_x86_flags_keeps_the_default(tmp_path, monkeypatch):
    monkeypatch.setattr(blas, "read_cpu", lambda: Cpu("arm", "arm", frozenset()))
    assert blas.choose_kernel(tmp_path / "kernels.json") == ""
    assert blas.choose_kernel(tmp_path / "kernels.json", "NeoverseN1") == "NeoverseN1"
    assert not (tmp_path / "kernels.json").exists()
    assert "OPENBLAS_CORETYPE" not in blas.kernel_environment("")


def test_a_setting_decides_and_is_spelt_as_openblas_does(tmp_path, monkeypatch):
    monkeypatch.setattr(blas, "read_cpu", lambda: X86_AVX2)
    assert blas.choose_kernel(tmp_path / "kernels.json", "haswell") == "Haswell"


def test_a_setting_that_this_cpu_would_crash_on_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(blas, "read_cpu", lambda: X86_AVX2)
    with pytest.raises(UnusableKernel, match=r"'skylakex' needs what this CPU lacks: avx512bw"):
        blas.choose_kernel(tmp_path / "kernels.json", "skylakex")
    with pytest.raises(UnusableKernel, match="is not one of Prescott"):
        blas.choose_kernel(tmp_path / "kernels.json", "fast")


def test_the_environment_asks_for_one_thread_everywhere():
    environment = blas.kernel_environment("Haswell")
    assert environment["OPENBLAS_CORETYPE"] == "Haswell"
    assert {environment[f"{name}_NUM_THREADS"] for name in ("OPENBLAS", "OMP", "MKL")} == {"1"}


def test_cpu_facts_are_read_from_the_first_processor(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    one = "processor : {}\nvendor_id\t: Maker\nmodel name\t: Fast One\ncpu family : 6\nmodel : 1\nflags : sse4_2 avx2\n"
    cpuinfo.write_text(one.format(0) + "\n" + one.format(1) + "\n")
    assert read_cpu(cpuinfo) == Cpu("Fast One", "Fast One Maker 6 1", frozenset({"sse4_2", "avx2"}))
    assert read_cpu(Path("/nonexistent")).flags == frozenset()
