import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from engine import blas, blas_measurement, blas_trial
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
    assert bool(kernel) == found["blas"].startswith("openblas ")


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
    kernel = blas.choose_kernel(cache)
    assert list(json.loads(cache.read_text()).values()) == [kernel]
    assert bool(kernel) == blas.machine()["blas"].startswith("openblas ")


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path):
    occupied = tmp_path / "file"
    occupied.write_text("")
    assert isinstance(blas.choose_kernel(occupied / "kernels.json"), str)


def test_the_library_is_the_one_that_numpys_products_go_to_and_has_a_name(monkeypatch):
    """Whatever the library; LAPACK or SciPy may have loaded another one beside it."""
    import scipy.linalg  # noqa: F401

    found = blas_trial.numpy_blas()
    file = blas_trial._Library().file_of("cblas_sgemm")
    assert "unknown" not in found.name
    assert found.threads >= 1
    loaded = {info["filepath"]: info for info in threadpool_info() if info["user_api"] == "blas"}
    if file in loaded:
        assert found.name == f"{loaded[file]['internal_api']} {loaded[file]['version']}"
        assert found.kernel == loaded[file]["architecture"]
    else:
        assert Path(file).exists()
    # A library that says nothing about itself is known by its file and what is in it.
    monkeypatch.setattr(blas_trial, "_openblas", lambda library: None)
    monkeypatch.setattr(blas_trial, "threadpool_info", list)
    digest = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    assert blas_trial.numpy_blas().name == f"{Path(file).parent.name}/{Path(file).name} {digest[:8]}"
    assert blas_trial.numpy_blas().kernel == ""
    assert blas_trial.numpy_blas().threads >= 1


def test_what_threadpoolctl_knows_of_that_very_file_serves_for_libraries_that_are_not_asked(monkeypatch):
    file = blas_trial._Library().file_of("cblas_sgemm")
    known = {"user_api": "blas", "internal_api": "mkl", "version": "2026.0", "architecture": "", "num_threads": 3}
    monkeypatch.setattr(blas_trial, "_openblas", lambda library: None)
    monkeypatch.setattr(
        blas_trial,
        "threadpool_info",
        lambda: [{**known, "filepath": "/elsewhere/libmkl_rt.so", "num_threads": 9}, {**known, "filepath": file}],
    )
    assert blas_trial.numpy_blas() == blas_trial.Blas("mkl 2026.0", "", 3)


def test_a_numpy_that_reaches_no_library_is_described_by_its_build(monkeypatch):
    monkeypatch.setattr(blas_trial._Library, "function", lambda library, name: None)
    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    assert blas_trial.numpy_blas().name == f"{built['name']} {built['version']}"
    monkeypatch.setattr(np, "show_config", lambda mode: {"Build Dependencies": {"blas": {"name": "", "found": False}}})
    assert blas_trial.numpy_blas().name == "none"


def test_accelerate_is_named_with_the_system_that_it_comes_with(monkeypatch):
    monkeypatch.setattr("platform.mac_ver", lambda: ("26.1", ("", "", ""), "arm64"))
    frameworks = "/System/Library/Frameworks/Accelerate.framework/Versions/A/Frameworks"
    file = f"{frameworks}/vecLib.framework/Versions/A/libBLAS.dylib"
    assert blas_trial._name_of(file) == "accelerate 26.1"


def test_a_choice_is_kept_for_the_library_that_numpy_loads(tmp_path, monkeypatch):
    """A distribution's NumPy loads the system's BLAS, which may be another one tomorrow."""
    monkeypatch.setattr(blas, "read_cpu", lambda: X86_AVX2)
    monkeypatch.setattr(blas, "fastest", lambda candidates, environment: "measured")
    monkeypatch.setattr(blas.metadata, "files", lambda name: None)
    cache = tmp_path / "kernels.json"
    for library in ("first", "second", "first"):
        blas._numpy_build.cache_clear()
        monkeypatch.setattr(blas, "name_in_child", lambda library=library: library)
        assert blas.choose_kernel(cache) == "measured"
    assert [key.split()[-1] for key in json.loads(cache.read_text())] == ["first", "second"]
    blas._numpy_build.cache_clear()


def test_a_child_process_names_the_library_as_this_one_does():
    assert blas_measurement.name_in_child() == blas_trial.numpy_blas().name


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
    assert {environment[f"{name}_NUM_THREADS"] for name in ("OPENBLAS", "OMP", "MKL", "BLIS")} == {"1"}


def test_cpu_facts_are_read_from_the_first_processor(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    one = "processor : {}\nvendor_id\t: Maker\nmodel name\t: Fast One\ncpu family : 6\nmodel : 1\nflags : sse4_2 avx2\n"
    cpuinfo.write_text(one.format(0) + "\n" + one.format(1) + "\n")
    assert read_cpu(cpuinfo, "x86_64") == Cpu("Fast One", "Fast One Maker 6 1", frozenset({"sse4_2", "avx2"}))
    assert read_cpu(Path("/nonexistent")).flags == frozenset()


def test_processors_that_are_not_x86_have_no_x86_flags_and_are_told_apart(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nCPU implementer\t: 0x41\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\n\n")
    assert read_cpu(cpuinfo, "aarch64") == Cpu("aarch64 0x41 0xd0c 0x3", "aarch64 0x41 0xd0c 0x3", frozenset())
    cpuinfo.write_text("model name\t: Intel of the host of an emulator\nflags\t: avx2\n\n")
    assert read_cpu(cpuinfo, "aarch64") == Cpu("aarch64", "aarch64", frozenset())
