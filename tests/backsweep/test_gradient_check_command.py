from click.testing import CliRunner

from backsweep.commands.gradient_check import gradient_check

TWO_LAYERS = """
name: gradients
method: grid
parameters:
  dataset: {value: iris}
  layers: {values: [[5], [5, 4]]}
  initialization: {value: glorot_normal}
  learning_rate: {values: [0.1, 1, 10]}
  epochs: {value: 2}
"""


def check(tmp_path, text):
    file = tmp_path / "sweep.yaml"
    file.write_text(text)
    return CliRunner().invoke(gradient_check, [str(file)])


def test_configurations_that_share_a_gradient_are_checked_once(tmp_path):
    result = check(tmp_path, TWO_LAYERS)
    assert result.exit_code == 0
    lines = [line for line in result.output.splitlines() if " ok" in line]
    assert len(lines) == 4 + 6  # weights and biases of two and of three weight layers
    assert "[5, 4]" in result.output


def test_a_wrong_derivative_is_found_and_ends_with_status_1(tmp_path, monkeypatch):
    from engine import gradient_check as module

    true = module.analytic_gradient

    def wrong(trial, sample, start):
        cost, gradient = true(trial, sample, start)
        return cost, {name: 1.01 * one for name, one in gradient.items()}

    monkeypatch.setattr(module, "analytic_gradient", wrong)
    result = check(tmp_path, TWO_LAYERS)
    assert result.exit_code == 1
    assert "WRONG" in result.output


def test_the_faults_of_a_file_are_named_by_their_place(tmp_path):
    result = check(tmp_path, TWO_LAYERS.replace("glorot_normal", "glorotnormal"))
    assert result.exit_code == 1
    assert "/parameters/initialization/value" in str(result.exception)
