"""The classics of forecasting: auto-regression and seasonal ARIMA, and the period of a series (survey 4.5.4; chapter 4-models/recurrent-networks)."""

import torch


def auto_regression(train, valid, setting, seed):
    """Changes, each linear in the last changes, summed to the horizon: ARIMA(p, 1, 0) of statsmodels.

    Unlike `ridge` it learns one step and iterates, and it reads the first column alone.

    Parameters
    ----------
    train : Windows
        Of consecutive origins.
    valid, seed : not used
    setting : int
        Order: how many last changes a step reads, fewer than a window has rows.
    """
    from statsmodels.tsa.ar_model import AutoReg

    past = torch.cat([train.x[0, :, 0] + train.base[0], train.x[1:, -1, 0] + train.base[1:]])
    fitted = AutoReg(past.diff().double().numpy(), lags=setting).fit().params
    weights = torch.as_tensor(fitted).float()

    def forecast(x):
        known = x[..., 0]
        steps = known.diff(dim=1)
        for _ in range(train.horizon):
            step = weights[0] + steps[:, -setting:].flip(1) @ weights[1:]
            steps = torch.cat([steps, step[:, None]], 1)
        return known[:, -1] + steps[:, known.shape[1] - 1 :].sum(1)

    return forecast


def seasonal_arima(values, known, origins, horizon, season):
    """The "airline model" of Box and Jenkins, ARIMA(0,1,1)(0,1,1), with all of the past at hand.

    Unlike the others it is not bound to a window, and it has nothing to choose.

    Parameters
    ----------
    values : tensor (T,)
        The series.
    known : int
        Rows by which its two weights are fitted.
    origins : int64 tensor (N,)
        Rows after which to forecast; each forecast uses all rows up to its origin.
    horizon, season : int, in rows

    Returns
    -------
    tensor (N,)
    """
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    past = values.double().numpy()
    model = SARIMAX(past[:known], order=(0, 1, 1), seasonal_order=(0, 1, 1, season))
    fitted = model.fit(disp=0)
    ends = [fitted.apply(past[: k + 1]).forecast(horizon)[-1] for k in origins.tolist()]
    return torch.tensor(ends).float()


def period(values, longest):
    """The lag of the highest peak of the autocorrelation; 1 without a peak.

    Parameters
    ----------
    values : tensor (T,)
        The part to learn from, alone.
    longest : int
        Longest lag that is looked at.

    Returns
    -------
    int, 1 to `longest`

    Examples
    --------
    >>> period(torch.sin(torch.arange(60) * 2 * torch.pi / 12), 24)
    12
    """
    steps = values.double().diff()
    steps = steps - steps.mean()
    like = [float((steps[k:] * steps[:-k]).sum()) for k in range(1, longest + 2)]
    inner = range(1, len(like) - 1)
    peaks = [k for k in inner if like[k] > max(like[k - 1], like[k + 1], 0)]
    return max(peaks, key=lambda k: like[k]) + 1 if peaks else 1
