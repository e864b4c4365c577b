"""Files beside the pages, and what is remembered of them between builds."""
