#pragma once
// Nothing to include: the library is preloaded into programs.
