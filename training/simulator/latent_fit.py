"""The most probable latent effects of a world's clinicians, its equations and constants known."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from training.simulator.clinicians import Latents
from training.simulator.columns import Floats, Rows
from training.simulator.course_evidence import (
    BENEFIT_LIMIT,
    BENEFIT_NODES,
    Evidence,
    course_evidence,
    starting_scores,
)
from training.simulator.course_log import CourseLog
from training.simulator.episodes import Setting
from training.simulator.pairs import (
    own_benefit,
    own_stop,
    pair_effects,
    severity_factor,
    skill_spreads,
)

MOST_STEPS = 300
FLAT = 1e-9


def most_probable_latents(setting: Setting, log: CourseLog) -> Latents:
    """The latents of greatest posterior probability.

    With normal priors and little known of each they are as good as posterior means.

    Args:
        setting: The world; its own latents are not read.
        log: What was known of its courses.
    """
    problem = _Problem.of(without_latents(setting), log)
    found = minimize(
        problem.loss,
        np.zeros(problem.size),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MOST_STEPS},
    )
    return problem.latents(found.x)


def with_latents(setting: Setting, latents: Latents) -> Setting:
    """The same world with other latent effects."""
    givers = replace(setting.market.clinicians, latents=latents)
    return replace(setting, market=replace(setting.market, clinicians=givers))


def without_latents(setting: Setting) -> Setting:
    """The same world with clinicians who are all average."""
    known = setting.market.clinicians.latents
    nothing = {name: np.zeros_like(getattr(known, name)) for name in Latents.__slots__}
    return with_latents(setting, Latents(**nothing))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Problem:
    """Log-posterior of whitened latents, and its slope."""

    setting: Setting
    log: CourseLog
    evidence: Evidence
    domains: Rows
    """Problem domain of each course."""
    factors: Floats
    """How far clinicians differ at each course's severity."""
    benefit: Floats
    """What is known of each pair's benefit."""
    accept: Floats
    """Logit of accepting for an average clinician, by course."""
    stop: Floats
    """Logit of stopping with an average clinician, by visit."""
    told: Rows
    """Courses with scores after the first visit."""

    @classmethod
    def of(cls, setting: Setting, log: CourseLog) -> "_Problem":
        world, patients = setting.world, setting.market.patients
        known = pair_effects(
            world,
            setting.words,
            patients,
            setting.market.clinicians,
            (log.intakes, log.clinicians),
        )
        starts = starting_scores(setting, len(log.intakes), log.starts)
        alliance = _expected_alliance(setting, log)
        own = (own_benefit(world, patients) + setting.self_help)[log.intakes]
        visits = np.minimum(log.visit_number, len(setting.hazards.stop)) - 1
        course = log.visit_course
        return cls(
            setting=setting,
            log=log,
            evidence=course_evidence(setting, log.scores, starts, own, alliance),
            domains=setting.words.domain_of_concern[patients.concerns[log.intakes, 0]],
            factors=severity_factor(world, starts[0][:, 0]),
            benefit=known.benefit,
            accept=setting.hazards.accept + known.accept,
            stop=setting.hazards.stop[visits]
            + (known.stop + own_stop(world, patients)[log.intakes])[course]
            + world.outcome.alliance_stop * alliance[course],
            told=np.unique(log.scores.course),
        )

    @property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        givers, domains = len(self.setting.market.clinicians), len(self.setting.words.domains)
        clinics = int(self._clinics.max()) + 1
        return {
            "skill": (givers,),
            "domain_skill": (givers, domains),
            "clinic": (clinics,),
            "stop": (givers,),
            "deterioration": (givers,),
            "accept": (givers,),
        }

    @property
    def _clinics(self) -> Rows:
        return self.setting.market.clinicians.clinic

    @property
    def size(self) -> int:
        """Numbers to find."""
        return sum(int(np.prod(shape)) for shape in self._shapes.values())

    def _parts(self, point: Floats) -> dict[str, Floats]:
        parts, begin = {}, 0
        for name, shape in self._shapes.items():
            end = begin + int(np.prod(shape))
            parts[name] = point[begin:end].reshape(shape)
            begin = end
        return parts

    def latents(self, point: Floats) -> Latents:
        """The latents of a point."""
        parts = self._parts(point)
        return Latents(**{**parts, "clinic": parts["clinic"][self._clinics]})

    def loss(self, point: Floats) -> tuple[float, Floats]:
        """Negative log-posterior and its slope."""
        parts = self._parts(point)
        slopes = {name: np.zeros(shape) for name, shape in self._shapes.items()}
        total = self._accepting(parts, slopes) + self._stopping(parts, slopes)
        total += self._changing(parts, slopes)
        gradient = np.concatenate([slopes[name].ravel() for name in self._shapes])
        return 0.5 * float(point @ point) - total, point - gradient

    def _accepting(self, parts: dict[str, Floats], slopes: dict[str, Floats]) -> float:
        known = np.flatnonzero(np.isfinite(self.log.accepted))
        spread, givers = self.setting.world.course.accept_sd, self.log.clinicians[known]
        logits = self.accept[known] + spread * parts["accept"][givers]
        return _yes_or_no(self.log.accepted[known], logits, slopes["accept"], givers, spread)

    def _stopping(self, parts: dict[str, Floats], slopes: dict[str, Floats]) -> float:
        spread = self.setting.world.outcome.stop_sd
        givers = self.log.clinicians[self.log.visit_course]
        logits = self.stop + spread * parts["stop"][givers]
        stops = self.log.is_stop.astype(np.float64)
        return _yes_or_no(stops, logits, slopes["stop"], givers, spread)

    def _changing(self, parts: dict[str, Floats], slopes: dict[str, Floats]) -> float:
        """A course is an ordinary one, which follows skill, or one that deteriorates."""
        given, rows = self.setting.world.outcome, self.told
        givers, domain = self.log.clinicians[rows], self.domains[rows]
        shared, specific = skill_spreads(self.setting.world)
        factor, clinics = self.factors[rows], self._clinics[givers]
        of_clinic = float(np.sqrt(given.clinic_share / given.observed_share))
        benefit = self.benefit[rows] + of_clinic * parts["clinic"][clinics]
        benefit += factor * shared * parts["skill"][givers]
        benefit += factor * specific * parts["domain_skill"][givers, domain]
        ordinary, slope = _curve(self.evidence.curves[rows], benefit)
        logits = (
            self.setting.hazards.setback
            + given.deterioration_sd * parts["deterioration"][givers]
        )
        chance = expit(logits)
        usual = np.log1p(-chance) + ordinary
        worse = np.log(chance) + self.evidence.setback[rows]
        both = np.logaddexp(usual, worse)
        is_worse = np.exp(worse - both)
        pull = (1.0 - is_worse) * slope
        np.add.at(slopes["skill"], givers, pull * factor * shared)
        np.add.at(slopes["domain_skill"], (givers, domain), pull * factor * specific)
        np.add.at(slopes["clinic"], clinics, pull * of_clinic)
        np.add.at(slopes["deterioration"], givers, given.deterioration_sd * (is_worse - chance))
        return float(both.sum())


def _yes_or_no(
    answers: Floats, logits: Floats, slopes: Floats, givers: Rows, spread: float
) -> float:
    """Log-likelihood of answers; adds to the slopes."""
    np.add.at(slopes, givers, spread * (answers - expit(logits)))
    return float(np.sum(answers * logits - np.logaddexp(0.0, logits)))


def _curve(coefficients: Floats, benefit: Floats) -> tuple[Floats, Floats]:
    """Values and slopes of Chebyshev series at benefits; shape (courses,) each."""
    angle = np.arccos(np.clip(benefit / BENEFIT_LIMIT, -1.0, 1.0))[:, None]
    order = np.arange(BENEFIT_NODES)
    sines = np.maximum(np.sin(angle), FLAT)
    values = (coefficients * np.cos(order * angle)).sum(axis=1)
    slopes = (coefficients * order * np.sin(order * angle) / sines).sum(axis=1)
    return values, slopes / BENEFIT_LIMIT


def _expected_alliance(setting: Setting, log: CourseLog) -> Floats:
    """Expected alliance of each course given its alliance scores, standard units."""
    _, points, error = setting.world.course.alliance_scale
    weight = points / error**2
    return np.asarray(log.alliance * weight / (1.0 + log.alliance_count * points * weight))
