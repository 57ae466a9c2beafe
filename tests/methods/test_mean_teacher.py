import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from helpers.methods.mean_teacher import MeanTeacher, consistency
from helpers.methods.ramps import sigmoid_ramp


def step_of(model, **settings):
    return MeanTeacher(model, lambda x: x, **({"weight": 8.0, "ramp": 0} | settings))


def test_the_old_teacher_walks_with_torch_s_averaged_model():
    torch.manual_seed(0)
    student = nn.Linear(3, 2)
    step = step_of(student, decay=0.9)
    step.average.updates = 1000  # past the warm-up
    library = AveragedModel(student, multi_avg_fn=get_ema_multi_avg_fn(0.9))
    library.update_parameters(student)
    slower = AveragedModel(student, multi_avg_fn=get_ema_multi_avg_fn(0.99))
    slower.update_parameters(student)
    for _ in range(10):
        nn.init.normal_(student.weight)
        step.follow(student), library.update_parameters(student), slower.update_parameters(student)
    assert torch.allclose(step.teacher.weight, library.module.weight, atol=1e-6)
    assert not torch.allclose(step.teacher.weight, slower.module.weight, atol=1e-3)


def test_the_old_teacher_is_a_geometric_mean_of_the_past():
    student = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(student.weight)
    step = step_of(student, decay=0.8)
    step.average.updates = 1000
    for value in (1.0, 5.0, 2.0):
        nn.init.constant_(student.weight, value)
        step.follow(student)
    expected = 0.2 * (0.64 * 1 + 0.8 * 5 + 2)
    assert step.teacher.weight.item() == pytest.approx(expected, rel=1e-5)


def test_the_young_teacher_is_the_plain_mean():
    student = nn.Linear(1, 1, bias=False)
    step = step_of(student, decay=0.99)
    for step.steps, value in enumerate((3.0, 1.0, 8.0)):
        nn.init.constant_(student.weight, value)
        step.follow(student)
    assert step.teacher.weight.item() == pytest.approx(4.0, rel=1e-5)


def test_consistency_is_a_mean_square_and_leaves_the_target_alone():
    scores = torch.randn(4, 3, requires_grad=True)
    target = torch.randn(4, 3, requires_grad=True)
    loss = consistency(scores, target.softmax(1))
    by_hand = ((scores.softmax(1) - target.softmax(1)) ** 2).sum() / 12
    assert torch.allclose(loss, by_hand)
    loss.backward()
    assert scores.grad.abs().sum() > 0
    assert target.grad is None


def test_the_step_adds_both_losses_and_moves_only_the_student():
    torch.manual_seed(0)
    student, x, u = nn.Linear(4, 3), torch.randn(5, 4), torch.randn(9, 4)
    y = torch.tensor([0, 1, 2, 0, 1])
    step = step_of(student, decay=0.5)
    step(student, (x, y, u, None))  # the teacher takes over the student
    nn.init.normal_(student.weight)
    old = step.teacher.weight.clone()
    result = step(student, (x, y, u, None))
    assert torch.allclose(step.teacher.weight, (old + student.weight) / 2)
    apart = consistency(student(u), step.teacher(u).softmax(1))
    assert torch.allclose(result["loss"], F.cross_entropy(student(x), y) + 8 * apart)
    assert result["consistency"] > 0
    result["loss"].backward()
    assert step.teacher.weight.grad is None


def test_student_and_teacher_see_different_perturbations():
    model, seen = nn.Linear(2, 2), []

    def noted(x):
        seen.append(x + torch.randn_like(x))
        return seen[-1]

    x = torch.zeros(3, 2)
    MeanTeacher(model, noted, weight=1.0, ramp=0)(model, (x, torch.tensor([0, 1, 0]), x, None))
    assert [len(view) for view in seen] == [6, 3]
    assert not torch.equal(seen[0][3:], seen[1])


def test_the_weight_rises_with_every_step_taken():
    torch.manual_seed(0)
    model, x = nn.Linear(2, 2), torch.randn(3, 2)
    step = step_of(model, ramp=4)
    weights = [step(model, (x, torch.tensor([0, 1, 0]), x, None))["weight"] for _ in range(6)]
    assert weights == pytest.approx([8 * sigmoid_ramp(k, 4) for k in range(6)])
    assert step.steps == 6
    again = step_of(nn.Linear(2, 2), ramp=4)
    again.load_state_dict(step.state_dict())
    assert again.steps == 6
    assert step_of(model).average.decay == 0.99


def test_the_teacher_judges_the_rows_without_a_label_and_sees_no_gradient():
    torch.manual_seed(0)
    model, x, u = nn.Linear(2, 2), torch.randn(3, 2), torch.randn(5, 2)
    step = step_of(model)
    found = step(model, (x, torch.tensor([0, 1, 0]), u, None))
    assert found["consistency"] == 0  # the teacher is the student as it stands
    assert not found["consistency"].requires_grad
    assert torch.allclose(found["loss"], F.cross_entropy(model(x), torch.tensor([0, 1, 0])))
