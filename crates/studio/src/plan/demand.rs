//! What a picture takes at constant quality, and how large it is best made with less.

use super::{Budget, Plan};

/// How much of what constant quality takes has to be there for a picture to stay as large as it is: this much where making
/// it smaller would lose what lies 42 dB below the picture, and more where it would lose less. Measured by VMAF on camera
/// clips, animation, noise and sharp drawings: a smaller picture was the better one below 0.35 of it at 33 dB, 0.35 to 0.55
/// at 42, 0.6 at 48, 0.75 at 52, and 1 at 54.
const SHARE: f64 = 0.35;
const SHARE_DB: f64 = 0.055;
const LOSS_DB: f64 = 42.0;

/// Drawings and writing, which nobody reads when they are smaller.
const DRAWN_DB: f64 = 30.0;
const DRAWN_SHARE: f64 = 0.15;

/// What is lost where nobody has measured it: what is filmed as 1080p is seldom sharp to the pixel.
const USUAL_LOSS_DB: [(u32, f64); 3] = [(900, 52.0), (700, 48.0), (0, 42.0)];

/// What the picture of a plan takes at the quality that looks right.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Demand {
    /// Bits a second.
    pub(crate) bits: f64,
    /// For smaller short sides in pixels, how far below the picture lies what is lost there, in dB.
    pub(crate) losses: Vec<(u32, f64)>,
}

impl Demand {
    /// A smaller short side at which a budget looks better; `None` where the present one is right, or was asked for.
    pub(crate) fn smaller(&self, plan: &Plan, budget: Budget) -> Option<u32> {
        if plan.most.size_is_wished {
            return None;
        }
        let own = plan.width.min(plan.height);
        let share = |side: u32| {
            let scale = f64::from(side) / f64::from(own);
            budget.picture as f64 / (self.bits * scale * scale).max(1.0)
        };
        let mut side = own;
        for below in plan.smaller_sides() {
            if share(side) >= worth(self.loss(side, below)) {
                break;
            }
            side = below;
        }
        (side < own).then_some(side)
    }

    /// What goes from one short side to a smaller one, in dB below the picture.
    fn loss(&self, side: u32, below: u32) -> f64 {
        let measured = self.losses.iter().find(|(measured, _)| *measured == below);
        let usual = USUAL_LOSS_DB.iter().find(|(from, _)| side >= *from);
        measured.or(usual).map_or(LOSS_DB, |(_, loss)| *loss)
    }
}

/// The share of what constant quality takes from which on a picture is worth its size.
fn worth(loss: f64) -> f64 {
    if loss < DRAWN_DB { DRAWN_SHARE } else { (SHARE + (loss - LOSS_DB) * SHARE_DB).clamp(SHARE, 1.0) }
}
