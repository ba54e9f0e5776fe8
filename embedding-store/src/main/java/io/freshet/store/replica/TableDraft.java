package io.freshet.store.replica;

import java.util.Arrays;
import java.util.BitSet;

/** The next version of a table while it is being written. Copies what it touches. One thread, the writer's. */
final class TableDraft {
    private final TableVersion base;
    private final BitSet ownPages = new BitSet();
    private RowIndex index;
    private Object[][] pages;
    private int rows;

    TableDraft(TableVersion base) {
        this.base = base;
        index = base.index();
        pages = base.pages();
        rows = base.rows();
    }

    /** Adds or replaces a row, see {@link TableVersion} for what a row is. */
    void put(long id, Object row) {
        int number = index.find(id);
        if (number == RowIndex.NONE) {
            if (index.isFull()) {
                index = index.wider();
            }
            number = index.add(id);
        }
        Object[] page = ownPage(number >> TableVersion.PAGE_SHIFT);
        int place = number & TableVersion.PAGE_ROWS - 1;
        if (page[place] == null) {
            rows++;
        }
        page[place] = row;
    }

    TableVersion finish() {
        return ownPages.isEmpty() ? base : new TableVersion(base.spec(), base.initializer(), index, pages, rows);
    }

    private Object[] ownPage(int page) {
        if (page >= pages.length) {
            pages = Arrays.copyOf(pages, Math.max(page + 1, pages.length + pages.length / 2));
        } else if (pages == base.pages()) {
            pages = pages.clone();
        }
        if (!ownPages.get(page)) {
            pages[page] = pages[page] == null ? new Object[TableVersion.PAGE_ROWS] : pages[page].clone();
            ownPages.set(page);
        }
        return pages[page];
    }
}
