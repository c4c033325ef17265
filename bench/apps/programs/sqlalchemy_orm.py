# SPDX-License-Identifier: MIT
"""A library's books with SQLAlchemy's ORM in SQLite: inserts, joins, lazy and eager loading, updates."""
import sys

from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, func, select
from sqlalchemy.orm import Session, declarative_base, relationship, selectinload

Base = declarative_base()


class Author(Base):
    __tablename__ = "authors"
    id = Column(Integer, primary_key=True)
    name = Column(String(50), nullable=False)
    books = relationship("Book", back_populates="author", cascade="all, delete-orphan")


class Book(Base):
    __tablename__ = "books"
    id = Column(Integer, primary_key=True)
    title = Column(String(80))
    year = Column(Integer, index=True)
    author_id = Column(ForeignKey("authors.id"))
    author = relationship("Author", back_populates="books")


def add_books(session, turn):
    for number in range(5):
        books = [Book(title=f"volume {volume}", year=1950 + (turn + volume * 7) % 70) for volume in range(8)]
        session.add(Author(name=f"author {turn}.{number}", books=books))
    session.commit()


def look(session, turn):
    newest = select(Author).options(selectinload(Author.books)).order_by(Author.id.desc()).limit(10)
    total = sum(book.year for author in session.scalars(newest) for book in author.books)
    count = select(Author.name, func.count(Book.id)).join(Book.author).where(Book.year > 2000).group_by(Author.id)
    total += sum(number for _, number in session.execute(count.limit(50)))
    for book in session.scalars(select(Book).where(Book.year == 1950 + turn % 70).limit(10)):
        total += len(book.author.name)
        book.title = book.title.upper()
    session.commit()
    return total


def main(size):
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    total = 0
    with Session(engine) as session:
        for turn in range(size):
            add_books(session, turn)
            total += look(session, turn)
        print(total, session.scalar(select(func.count(Book.id)).where(Book.title.like("VOLUME%"))))


if __name__ == "__main__":
    main(int(sys.argv[1]))
