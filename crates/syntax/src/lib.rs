//! 4D source text to syntax trees and diagnostics; knows no values.
