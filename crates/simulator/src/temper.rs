//! How wild a session is, and where: faults everywhere end most sessions early, so that some spare all stages but one.

use weixin_video_core::machine::Op;

use crate::fate::Fate;
use crate::server::Route;

/// Chances of a fault, in ten thousand, by stage.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Temper {
    rate: u32,
    focus: Option<Stage>,
}

/// The stages of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Opening,
    Talking,
    Rendering,
    Fetching,
}

/// Chances of a fault in ten thousand, for calm sessions and for wild ones.
const RATES: [u32; 6] = [0, 150, 400, 400, 1_000, 2_500];

impl Temper {
    /// Fate chooses.
    pub(crate) fn new(fate: &mut Fate) -> Self {
        let rate = fate.of(&RATES);
        let (all, stage) = (None, Some);
        let focus = fate.of(&[
            all,
            all,
            all,
            stage(Stage::Opening),
            stage(Stage::Talking),
            stage(Stage::Rendering),
            stage(Stage::Fetching),
            stage(Stage::Fetching),
        ]);
        Self { rate, focus }
    }

    /// In a stage that is spared a fault strikes now and then.
    fn at(self, stage: Stage) -> u32 {
        if self.focus.is_none_or(|focus| focus == stage) { self.rate } else { self.rate / 25 }
    }

    /// For a request.
    pub(crate) fn of_route(self, route: Route) -> u32 {
        self.at(match route {
            Route::Token | Route::Open | Route::Claim | Route::Upload | Route::Credits | Route::Nowhere => {
                Stage::Opening
            }
            Route::Chat | Route::State => Stage::Talking,
            Route::Start | Route::Status | Route::Cancel => Stage::Rendering,
            Route::Fallback | Route::File => Stage::Fetching,
        })
    }

    /// For anything else; none where it goes on as before.
    pub(crate) fn of_op(self, op: &Op) -> Option<u32> {
        match op {
            Op::Save { .. } | Op::Measure(_) | Op::Publish(_) => Some(self.at(Stage::Fetching)),
            Op::Send(_) | Op::Read { .. } | Op::Wait { .. } => None,
        }
    }
}
