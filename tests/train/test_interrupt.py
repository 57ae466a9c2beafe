import signal
import threading

import pytest

from helpers.train.interrupt import Interrupt


def test_the_first_ctrl_c_asks_and_the_second_raises():
    with Interrupt() as interrupt:
        assert not interrupt.requested
        signal.raise_signal(signal.SIGINT)
        assert interrupt.requested
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_afterwards_ctrl_c_means_what_it_meant_before():
    heard = []
    before = signal.signal(signal.SIGINT, lambda *given: heard.append(given[0]))
    try:
        with Interrupt() as interrupt:
            signal.raise_signal(signal.SIGINT)
        assert heard == []
        signal.raise_signal(signal.SIGINT)
        assert heard == [signal.SIGINT]
        with pytest.raises(ZeroDivisionError), Interrupt():
            raise ZeroDivisionError
        signal.raise_signal(signal.SIGINT)
        assert len(heard) == 2
    finally:
        signal.signal(signal.SIGINT, before)
    assert interrupt.requested


def test_a_thread_that_may_not_listen_leaves_the_handler_alone():
    before, seen = signal.getsignal(signal.SIGINT), []

    def elsewhere():
        with Interrupt() as interrupt:
            seen.append((interrupt.requested, signal.getsignal(signal.SIGINT) is before))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [(False, True)]
    assert signal.getsignal(signal.SIGINT) is before
