package io.freshet.store.replica;

import java.util.Arrays;
import java.util.BitSet;

/** The next version of a table while it is being written. Copies what it touches. One thread, the writer's. */
final class TableDraft {
    /** So few numbers without a row are not worth numbering the table anew. */
    private static final int UNUSED_NUMBERS_KEPT = 1024;

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

    /** Takes a row out, if it is there. */
    void remove(long id) {
        int number = index.find(id);
        int page = number >> TableVersion.PAGE_SHIFT;
        int place = number & TableVersion.PAGE_ROWS - 1;
        if (number == RowIndex.NONE || page >= pages.length || pages[page] == null || pages[page][place] == null) {
            return;
        }
        ownPage(page)[place] = null;
        rows--;
    }

    TableVersion finish() {
        if (ownPages.isEmpty()) {
            return base;
        }
        if (index.size() > 2L * rows + UNUSED_NUMBERS_KEPT) {
            return numberedAnew();
        }
        return new TableVersion(base.spec(), base.initializer(), index, pages, rows);
    }

    /** The same rows under the first numbers, so that ids which are gone take no memory; costs a step per row. */
    private TableVersion numberedAnew() {
        RowIndex next = RowIndex.withRoomFor(rows);
        Object[][] nextPages = new Object[(rows + TableVersion.PAGE_ROWS - 1) >> TableVersion.PAGE_SHIFT][];
        index.forEach((id, number) -> {
            Object[] page =
                    number >> TableVersion.PAGE_SHIFT < pages.length ? pages[number >> TableVersion.PAGE_SHIFT] : null;
            Object row = page == null ? null : page[number & TableVersion.PAGE_ROWS - 1];
            if (row != null) {
                int at = next.add(id);
                int nextPage = at >> TableVersion.PAGE_SHIFT;
                if (nextPages[nextPage] == null) {
                    nextPages[nextPage] = new Object[TableVersion.PAGE_ROWS];
                }
                nextPages[nextPage][at & TableVersion.PAGE_ROWS - 1] = row;
            }
        });
        return new TableVersion(base.spec(), base.initializer(), next, nextPages, rows);
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
