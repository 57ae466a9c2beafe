import numpy as np
import pytest
import torch

from helpers.agents.dosing import TARGET, Dosing, Summed, after, average_dose, closeness, course


def test_the_solution_equals_an_integrator_s():
    from scipy.integrate import solve_ivp

    def rates(_, y):
        return -0.7 * y[0], 0.7 * y[0] / 30 - 0.2 * y[1]

    numerical = solve_ivp(rates, (0, 5), (250, 3), rtol=1e-10, atol=1e-12).y[:, -1]
    found = after(250.0, 3.0, 5.0, elimination=0.2, volume=30.0)
    assert found == pytest.approx(numerical, rel=1e-6)
    with pytest.raises(ValueError, match="elimination=0.7"):
        after(1.0, 1.0, 1.0, elimination=0.7)


def test_the_environment_satisfies_gymnasium():
    from gymnasium.utils.env_checker import check_env

    assert check_env(Dosing(), skip_render_check=True) is None


def test_a_seed_is_a_patient():
    env = Dosing()
    constants = []
    for seed in (0, 0, 1):
        env.reset(seed=seed)
        constants.append((env.elimination, env.volume))
    assert constants[0] == constants[1] != constants[2]
    spread = []
    for seed in range(300):
        env.reset(seed=seed)
        spread.append(np.log(env.volume))
    assert np.std(spread) == pytest.approx(0.2, rel=0.15)


def test_poisoned_patients_are_withdrawn_and_others_stay_four_days():
    most = course(Dosing(), lambda s, d: torch.tensor([8]), seed=0)
    none = course(Dosing(), lambda s, d: torch.tensor([0]), seed=0)
    assert most[-1][0] > 20
    assert len(most) < 16
    assert len(none) == 16
    assert none[-1][0] == 0


def test_the_rule_brings_the_median_patient_to_the_target():
    env = Dosing()
    env.reset(seed=0)
    env.elimination, env.volume = 0.1, 40.0
    for _ in range(8):
        seen = torch.from_numpy(env.observe())[None]
        _, reward, *_ = env.step(int(average_dose(seen)))
    assert 0.7 * TARGET < env.blood < 1.3 * TARGET
    assert reward > 0.3
    assert closeness(TARGET) == 1
    assert closeness(12) == pytest.approx(closeness(TARGET**2 / 12))


def test_patients_and_measurements_spread_as_they_are_said_to():
    env, rates, noise = Dosing(), [], []
    for seed in range(400):
        env.reset(seed=seed)
        rates.append(np.log(env.elimination))
        env.gut, env.blood = 400.0, 9.0
        seen, *_ = env.step(2)
        noise.append(float(seen[0]) - np.log(env.blood / TARGET))
    assert np.std(rates) == pytest.approx(0.4, rel=0.15)
    assert np.mean(rates) == pytest.approx(np.log(0.1), abs=0.06)
    assert np.std(noise) == pytest.approx(0.1, rel=0.15)
    assert np.mean(noise) == pytest.approx(0.0, abs=0.02)


def test_the_rule_is_rounded_and_limited_to_what_may_be_given():
    blood = torch.tensor([[0.2], [2.0], [5.0], [9.0], [15.0]]) / TARGET
    seen = torch.cat([blood.log(), torch.zeros(5, 4)], 1)
    _, keeps = after(0.0, 1.0, 6.0)
    _, gives = after(100.0, 0.0, 6.0)
    wanted = [(TARGET - keeps * b) / gives for b in (0.2, 2.0, 5.0, 9.0, 15.0)]
    assert average_dose(seen).tolist() == [min(max(round(w), 0), 8) for w in wanted]
    assert average_dose(torch.tensor([[3.0, 0, 0, 0, 0]])).tolist() == [0]


def test_the_sum_shown_is_that_of_the_errors_so_far_and_begins_anew():
    env, plain = Summed(), Dosing()
    for seed in (3, 4):
        (seen, _), (bare, _), errors = env.reset(seed=seed), plain.reset(seed=seed), 0.0
        assert seen[5] == 0.0
        for _ in range(5):
            seen, bare = env.step(4)[0], plain.step(4)[0]
            errors -= bare[0]
            assert np.array_equal(seen[:5], bare)
            assert seen[5] == pytest.approx(errors / 3, abs=1e-5)
            assert env.observation_space.contains(seen)


def test_what_is_shown_is_now_before_both_doses_and_the_time():
    env = Dosing()
    start, _ = env.reset(seed=2)
    assert start.tolist() == [-3, -3, 0, 0, 0]
    one, *_ = env.step(3)
    two, reward, _, _, info = env.step(5)
    assert one.tolist()[1:] == pytest.approx([-3, 3 / 8, 0, 1 / 16])
    assert two.tolist()[1:] == pytest.approx([float(one[0]), 5 / 8, 3 / 8, 2 / 16])
    assert two.dtype == env.observation_space.dtype == np.float32
    assert reward == closeness(info["concentration"]) == closeness(env.blood)
    assert Dosing(reward=lambda blood: -blood).reward(2.0) == -2.0


def test_spaces_hold_what_may_be_shown_and_no_more():
    for env, low, high in ((Dosing(), -3, 5), (Summed(), -27, 16)):
        space = env.observation_space
        assert (space.low.min(), space.high.max()) == (low, high)
        assert env.action_space.n == 9
    env = Dosing()
    env.reset(seed=0)
    env.blood = 1e5
    assert env.step(0)[0][0] == 5
    env.blood = env.gut = 1e-9
    assert env.step(0)[0][0] == -3
    # sixteen errors of the largest size, a third of their sum
    assert Summed().observation_space.low[5] == np.floor(-16 * 5 / 3)
    assert Summed().observation_space.high[5] == 16 * 3 / 3


class Fixed:
    """Draws that always give one number."""

    def __init__(self, number):
        self.normal = lambda: number


def patient(number):
    env = Dosing()
    env._np_random = Fixed(number)
    env.reset()
    return env


def test_constants_of_a_patient_are_those_said_and_elimination_stays_below_absorption():
    assert (patient(0).elimination, patient(0).volume) == (0.1, 40.0)
    assert patient(1).elimination == pytest.approx(0.1 * np.exp(0.4))
    assert patient(-2).volume == pytest.approx(40 * np.exp(-0.4))
    assert patient(9).elimination == pytest.approx(0.9 * 0.7)


def test_the_end_is_the_sixteenth_dose_or_a_level_above_twenty():
    env = patient(0)
    ends = [env.step(2)[2:4] for _ in range(16)]
    assert ends == [(False, False)] * 15 + [(False, True)]
    level = 20.0 / after(0.0, 1.0, 6.0)[1]  # what is 20 six hours later
    for blood, withdrawn in ((level * 0.999, False), (level * 1.001, True)):
        env = patient(0)
        env.blood, env.decisions = blood, 15
        assert env.step(0)[2:4] == (withdrawn, not withdrawn)


def test_each_tablet_is_a_hundred_milligrams_and_six_hours_go_by():
    env = patient(0)
    info = env.step(4)[4]
    assert info["concentration"] == pytest.approx(after(400.0, 0.0, 6.0)[1])
    assert env.gut == pytest.approx(400 * np.exp(-0.7 * 6))
    assert after(400.0, 1.0, 6.0) == after(400.0, 1.0, 6.0, elimination=0.1, volume=40.0)


def test_only_rates_that_cannot_be_told_from_absorption_are_refused():
    near = after(400.0, 1.0, 6.0, elimination=0.7 + 1.5e-6)[1]
    assert near == pytest.approx(after(400.0, 1.0, 6.0, elimination=0.69999)[1], rel=1e-3)
    for off in (0, 9e-7, -9e-7):
        with pytest.raises(ValueError, match="expected a rate unlike absorption, 0.7"):
            after(1.0, 1.0, 1.0, elimination=0.7 + off)


def test_closeness_is_said_in_quarters():
    assert [closeness(12.5), closeness(8)] == pytest.approx([np.exp(-1)] * 2)
    assert closeness(0) == 0


def test_a_course_is_told_dose_by_dose():
    given = []

    def act(state, draws):
        given.append(int(torch.randint(9, (), generator=draws)))
        assert state.shape == (1, 5)
        return torch.tensor([given[-1]])

    found = course(Dosing(), act, seed=3)
    draws = torch.Generator().manual_seed(3)
    assert given == [int(torch.randint(9, (), generator=draws)) for _ in given]
    env = Dosing()
    env.reset(seed=3)
    assert found == [(env.step(tablets)[4]["concentration"], tablets) for tablets in given]
