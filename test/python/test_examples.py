"""Small variants of the examples, compiled once and run at two shapes; PyTorch
is the oracle."""
import bert
import gpt2
import harness
import linear_gelu
import lstm_lm
import mobilenet_v2
import pytest
import resnet50
import seq2seq
import torch


def standard(example, **size):
    """(model, forms, inputs at each shape) of an example's small variant."""
    model = example.build(**{**example.SMALL, **size})
    shapes = [example.example_inputs(model, *shape)
              for shape in example.SMALL_SHAPES]
    return model, example.forms, shapes


def gpt2_step():
    model = gpt2.build_model(**gpt2.SMALL)
    return model, gpt2.step_forms, [gpt2.step_inputs(model, 1, 3, 2),
                                    gpt2.step_inputs(model, 2, 6, 1)]


def seq2seq_encoder(padded):
    """The encoder alone, on a batch of sentences."""
    model = seq2seq.build(padded=padded, **seq2seq.SMALL)

    def forms(encoder, inputs):
        return {"script": torch.jit.script(encoder),
                "trace": torch.jit.trace(encoder, inputs)}

    lengths = [[7, 7], [9, 9, 9]] if padded else [[7, 4, 2], [9, 9]]
    return model.encoder, forms, [seq2seq.encoder_inputs(model, some)
                                  for some in lengths]


CASES = {
    "linear_gelu": lambda: standard(linear_gelu),
    "bert": lambda: standard(bert),
    "resnet50": lambda: standard(resnet50),
    "mobilenet_v2": lambda: standard(mobilenet_v2),
    "lstm_lm": lambda: standard(lstm_lm),
    "gpt2": lambda: standard(gpt2),
    "gpt2-step": gpt2_step,
    "seq2seq-dot": lambda: standard(seq2seq, attention="dot"),
    "seq2seq-general": lambda: standard(seq2seq, attention="general"),
    "seq2seq-concat": lambda: standard(seq2seq, attention="concat"),
    "seq2seq-padded": lambda: standard(seq2seq, padded=True),
    "seq2seq-encoder": lambda: seq2seq_encoder(padded=False),
    "seq2seq-encoder-padded": lambda: seq2seq_encoder(padded=True),
}

# Examples whose control flow depends on their input cannot be traced; of the
# greedy search, the parts are.
OTHER_FORM = {"lstm_lm": None, "gpt2": None}
OTHER_FORM.update({case: "traced parts" for case in CASES
                   if case.startswith("seq2seq-") and "encoder" not in case})

PARAMETERS = [(case, form) for case in CASES
              for form in ("script", OTHER_FORM.get(case, "trace")) if form]


@pytest.mark.parametrize("case,form", PARAMETERS)
def test_example(case, form):
    pytest.importorskip("minitorch", exc_type=ModuleNotFoundError,
                        reason="the minitorch package is not built")
    model, make_forms, shapes = CASES[case]()
    with torch.inference_mode():
        module = make_forms(model, shapes[0])[form]
        compiled, _ = harness.compile_file(module, shapes[0])
        for inputs in shapes:
            _, relative = harness.difference(compiled(*inputs), model(*inputs))
            assert relative <= harness.TOLERANCE


@pytest.mark.parametrize("case,form", PARAMETERS)
def test_forms_agree_in_pytorch(case, form):
    """What the file says is what the model says; otherwise a difference above
    would be the example's own fault."""
    model, make_forms, shapes = CASES[case]()
    with torch.inference_mode():
        module = make_forms(model, shapes[0])[form]
        for inputs in shapes:
            _, relative = harness.difference(module(*inputs), model(*inputs))
            assert relative <= 1e-5
