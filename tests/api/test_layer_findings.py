from api.models.layers import layers_of
from results.values import LayerRow


def row(epoch, layer, gradient_norm, saturated_share=0.0):
    return LayerRow(1, epoch, layer, gradient_norm, 1.0, 0.01, 0.5, 0.1, saturated_share, 0.0)


def test_a_layer_names_what_it_suffered_from_and_when():
    rows = [row(epoch, layer, 1e-5 if layer == 1 and epoch >= 2 else 1.0) for epoch in range(4) for layer in (1, 2)]
    first, second = layers_of(rows)
    (finding,) = first.findings
    assert (finding.name, finding.first_epoch, finding.last_epoch, finding.epochs) == ("vanishing", 2, 3, 2)
    assert second.findings == []


def test_only_hidden_layers_are_called_saturated():
    hidden, output = layers_of([row(0, 1, None, 0.9), row(0, 2, None, 0.9)])
    assert [finding.name for finding in hidden.findings] == ["saturated"]
    assert output.findings == []


def test_the_columns_of_a_layer_are_its_own():
    rows = [row(epoch, layer, float(10 * epoch + layer)) for epoch in range(3) for layer in (1, 2)]
    assert [layer.gradient_norm for layer in layers_of(rows)] == [[1.0, 11.0, 21.0], [2.0, 12.0, 22.0]]
