"""Seismograms: real ground motion of many stations, from the test data of ObsPy (survey 4.5.4; chapter 4-models/recurrent-networks).

ObsPy (Beyreuther et al. 2010) reads the formats of seismology, and its wheel carries a record of
each. Most are vertical components; all are filtered to one band and brought to one rate here.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

RATE = 40  # samples a second
BAND = (1.0, 15.0)  # hertz
SIGNAL, IO, CLIENTS = "signal/tests/data/", "io/", "clients/"
WIN = IO + "win/tests/data/100303"
MSEED = IO + "mseed/tests/data/"
MONTSERRAT = IO + "seisan/tests/data/9701-30-1048-54S.MVO_21_1"
JAN_MAYEN = IO + "seisan/tests/data/90010319.1320J90"
LOCAL = IO + "gse2/tests/data/loc_"
INDEXED = CLIENTS + "filesystem/tests/data/tsindex_data/{}/2018/001/{}.2018.001_first_minute.mseed"
FDSN = CLIENTS + "fdsn/tests/data/dataselect_example_wildcards.mseed"
UH = SIGNAL + "BW.UH{}._.{}.D.2010.147.cut.slist.gz"

QUAKES = (  # place, earthquake, station, file, channel, first arrival in seconds
    ("Reichenhall", "2005-08-01", "RJOB", SIGNAL + "loc_RJOB20050801145719850.z", "", 30.6),
    ("Reichenhall", "2009-08-24", "RJOB", "example", "EHZ", 4.7),
    ("Reichenhall", "2004-06-09", "RNON", LOCAL + "RNON20040609200559.z", "Z", 21.3),
    ("Reichenhall", "2003-11-19", "STAU", LOCAL + "STAU20031119011659.z", "  Z", 9.6),
    ("Unterhaching", "2010-05-27", "UH1", UH.format(1, "SHZ"), "SHZ", 29.6),
    ("Unterhaching", "2010-05-27", "UH2", UH.format(2, "SHZ"), "SHZ", 29.5),
    ("Unterhaching", "2010-05-27", "UH3", UH.format(3, "SHZ"), "SHZ", 29.4),
    ("Unterhaching", "2010-05-27", "UH4", UH.format(4, "EHZ"), "EHZ", 30.4),
    ("Membach", "2013-08-15", "MEMA", IO + "kinemetrics/tests/data/BI008_MEMA-04823.evt", "2", 6.3),
    (
        "A1032",
        "2011-09-06",
        "A1032",
        IO + "seisan/tests/data/2011-09-06-1311-36S.A1032_001BH_Z",
        "BHZ",
        5.1,
    ),
    ("Jan Mayen", "1990-01-03", "JNW", JAN_MAYEN, "S Z", 11.7),
    ("Jan Mayen", "1990-01-03", "JNE", JAN_MAYEN, "S Z", 11.1),
    ("Akita", "1996-08-10", "AKT013", IO + "nied/tests/data/test.knet", "EW", 9.2),
    ("Montserrat", "1997-01-30", "MBGA", MONTSERRAT, "SBZ", 10.6),
    ("Montserrat", "1997-01-30", "MBLG", MONTSERRAT, "S Z", 11.2),
    ("Montserrat", "1997-01-30", "MBRY", MONTSERRAT, "S Z", 11.7),
    ("Montserrat", "1997-01-30", "MBGE", MONTSERRAT, "SBZ", 11.1),
    ("Montserrat", "1997-01-30", "MBGH", MONTSERRAT, "SBZ", 11.5),
    ("Montserrat", "1997-01-30", "MBWH", MONTSERRAT, "S Z", 11.3),
)
QUIET = (  # place of the fold, station, files, channel, seconds without an earthquake that we see
    ("Reichenhall", "BGLD", (MSEED + "timingquality.mseed",), "EHE", (0, 208)),
    ("Unterhaching", "UH1", (UH.format(1, "SHZ"),), "SHZ", (60, 165)),
    ("Unterhaching", "UH2", (UH.format(2, "SHZ"),), "SHZ", (60, 165)),
    ("Unterhaching", "UH3", (UH.format(3, "SHZ"),), "SHZ", (60, 165)),
    ("Unterhaching", "UH4", (UH.format(4, "EHZ"),), "EHZ", (60, 165)),
    ("Unterhaching", "WET", (IO + "sh/tests/data/QFILE-TEST.QHD",), "HHZ", (0, 40)),
    ("Membach", "HGN", (MSEED + "test.mseed",), "BHZ", (0, 240)),
    ("Membach", "SEUT", (SIGNAL + "tiny_quality_file.mseed",), "BHZ", (0, 57)),
    ("A1032", "STS2", (SIGNAL + "ref_STS2",), "EHZ", (0, 3600)),
    ("A1032", "TESTbe", (IO + "css/tests/data/test_css.wfdisc",), "HHZ", (0, 60)),
    ("A1032", "mart", (IO + "seisan/tests/data/D1360930.203",), "cp", (0, 120)),
    ("Jan Mayen", "ADK", (FDSN,), "BHZ", (0, 60)),
    ("Jan Mayen", "AFI", (FDSN,), "BHZ", (0, 60)),
    ("Jan Mayen", "TGUH", (INDEXED.format("CU", "CU.TGUH.00.BHZ"),), "BHZ", (0, 60)),
    ("Jan Mayen", "ANMO", (INDEXED.format("IU", "IU.ANMO.10.BHZ"),), "BHZ", (0, 60)),
    ("Jan Mayen", "COLA", (INDEXED.format("IU", "IU.COLA.10.BHZ"),), "BHZ", (0, 60)),
    ("Akita", "a100", tuple(f"{WIN}02.{m:02d}" for m in range(5)), "a100", (0, 300)),
    ("Akita", "a101", tuple(f"{WIN}02.{m:02d}" for m in range(5)), "a101", (0, 300)),
    ("Akita", "f111", (IO + "win/tests/data/1070533011_1701260003.win",), "f111", (0, 60)),
    ("Montserrat", "EMFO", (IO + "dmx/tests/data/131114_090600.dmx",), "Z", (0, 60)),
    ("Montserrat", "EMPL", (IO + "dmx/tests/data/131114_090600.dmx",), "Z", (0, 60)),
    ("Montserrat", "CRLZ", (SIGNAL + "CRLZ.HHZ.10.NZ.SAC",), "HHZ", (0, 130)),
    ("Montserrat", "AYT", (IO + "y/tests/data/YAYT_BHZ_20021223.124800",), "BHZ", (0, 57)),
)  # fmt: skip

NATURAL = {  # place with which it is held out: record and the arrivals in it, in seconds
    "Reichenhall": {"RJOB 2005-08-31": (31.2,)},
    "Unterhaching": {f"UH{k}": (29.6 + 0.8 * (k == 4), 177.9, 206.9) for k in (1, 2, 3, 4)},
    "Jan Mayen": {"JMI": (10.7,)},
    "Montserrat": {"AYT": (59.9,), "AZR": (93.8,)},
}
AS_THEY_ARE = {
    "RJOB 2005-08-31": (LOCAL + "RJOB20050831023349.z", "Z"),
    "JMI": (JAN_MAYEN, "S Z"),
    "AYT": (IO + "y/tests/data/YAYT_BHZ_20021223.124800", "BHZ"),
    "AZR": (IO + "y/tests/data/YAZRSPE.20100119.060433", "E"),
    **{
        f"UH{k}": (UH.format(k, "EHZ" if k == 4 else "SHZ"), "EHZ" if k == 4 else "SHZ")
        for k in (1, 2, 3, 4)
    },
}


@dataclass(frozen=True)
class Seismogram:
    """One component at one station, 40 samples a second, filtered to 1 to 15 hertz.

    Attributes
    ----------
    place : str
        Where the earthquakes of this part of the split lie; what shares a place stays together.
    station : str
    x : tensor (T,) float32
        In the unit of the recorder, which differs from station to station.
    quake : str
        The day of the earthquake; "" for a stretch without one that we see.
    """

    place: str
    station: str
    x: torch.Tensor
    quake: str = ""


def quakes():
    """Records of ten earthquakes at seven places, each cut at the first arrival.

    Returns
    -------
    list of Seismogram, each beginning 0.2 seconds before the first arrival.

    Notes
    -----
    Source: ObsPy's wheel (LGPL). First arrivals are by Akaike's criterion (ObsPy's `aic_simple`)
    and were looked at. Traps: one earthquake at several stations is one earthquake; Reichenhall
    has four of ten; the component at Akita is horizontal; A1032 does not say where it stood;
    Montserrat's is volcanic.
    """
    found = []
    for place, quake, station, file, channel, onset in QUAKES:
        x = component((file,), channel, station)[round((onset - 0.2) * RATE) :]
        found.append(Seismogram(place, station, x, quake))
    return found


def quiet():
    """Stretches of 23 stations in which we see no earthquake.

    Returns
    -------
    list of Seismogram, 37 to 3600 seconds long.

    Notes
    -----
    Source: ObsPy's wheel (LGPL). `place` says with which earthquakes a station is held out. Traps:
    nobody vouches that these hold no small earthquake; the hour of STS2 has many bursts of which
    we do not know the cause, TESTbe swells every five seconds, and BGLD begins with a new year.
    """
    found = []
    for place, station, files, channel, (start, end) in QUIET:
        x = component(files, channel, station)
        found.append(Seismogram(place, station, x[start * RATE : end * RATE]))
    return found


def arrivals(record, times, seconds=30):
    """Windows of a record as it is, one for each arrival, which lies 18 seconds after its begin.

    Parameters
    ----------
    record : str
        One of `AS_THEY_ARE`.
    times : sequence of float
        Seconds; earlier than 18 gives the first window of the record.
    seconds : int
        Length of a window.

    Returns
    -------
    tensor (A, T), A arrivals

    Raises
    ------
    ValueError
        For a record that is not there.
    """
    if record not in AS_THEY_ARE:
        raise ValueError(f"arrivals({record!r}): expected one of {', '.join(AS_THEY_ARE)}")
    file, channel = AS_THEY_ARE[record]
    x = component((file,), channel, record)
    begins = [max(0, round((time - 18) * RATE)) for time in times]
    return torch.stack([x[begin : begin + seconds * RATE] for begin in begins])


def component(files, channel, station=""):
    """One component of one station as a tensor (T,), filtered and brought to `RATE`.

    Parameters
    ----------
    files : sequence of str
        Inside ObsPy's package, in the order of time; "example" is what ``obspy.read()`` gives.
    channel : str
        As the file has it.
    station : str
        Where a file has several.

    Raises
    ------
    ValueError
        If a file has no such component.
    """
    parts = [_longest(file, channel, station) for file in files]
    trace = parts[0]
    trace.data = np.concatenate([part.data for part in parts]).astype(float)
    trace.detrend("linear").taper(max_percentage=None, max_length=0.5)
    trace.filter("bandpass", freqmin=BAND[0], freqmax=BAND[1])
    if trace.stats.sampling_rate != RATE:
        trace.resample(RATE, window=None)  # nothing is left above the new limit of 20 hertz
    return torch.as_tensor(trace.data, dtype=torch.float32)


def _longest(file, channel, station):
    """The longest stretch of one component in a file."""
    import obspy

    path = Path(obspy.__file__).parent / file
    if file == "example":
        stream = obspy.read()
    elif path.suffix == ".z" and "signal" in path.parts:  # plain text, 200 samples a second
        stream = obspy.Stream([obspy.Trace(np.loadtxt(path), {"sampling_rate": 200})])
    else:
        stream = obspy.read(str(path))
    several = len({trace.stats.station for trace in stream}) > 1
    right = [
        trace
        for trace in stream
        if trace.stats.channel == channel and (not several or trace.stats.station == station)
    ]
    if not right:
        held = sorted({f"{trace.stats.station} {trace.stats.channel!r}" for trace in stream})
        raise ValueError(f"{path.name}: expected {station} {channel!r}, found {', '.join(held)}")
    return max(right, key=lambda trace: trace.stats.npts)


def network():
    """Four stations around Unterhaching as they were recorded, for triggers that want several.

    Returns
    -------
    obspy.Stream of four vertical components, 230 seconds each, unfiltered.

    Notes
    -----
    ObsPy's own test of its coincidence trigger finds three earthquakes in them.
    """
    import obspy

    folder, stream = Path(obspy.__file__).parent, obspy.Stream()
    for station in (1, 2, 3, 4):
        stream += obspy.read(str(folder / UH.format(station, "EHZ" if station == 4 else "SHZ")))
    return stream
